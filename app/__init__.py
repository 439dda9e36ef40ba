"""
The product without a window: knows neither Qt nor mitmproxy.
"""
