"""
The product without a window: knows neither Qt nor mitmproxy.
"""

__version__ = "0.1.0"
