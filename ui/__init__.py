"""
The window: Qt only, on top of `app`. Never imports mitmproxy.
"""
