"""
The built-in browser: the person's own site, routed through our proxy.

`ui.browser.opener` is what the rest of the window uses; it loads QtWebEngine, which is slow and
large, only when a browser is opened for the first time.
"""
