"""
The capture process: mitmproxy with our addons. Never imports Qt.
"""
