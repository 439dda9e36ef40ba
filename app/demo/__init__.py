"""
A shop that does not exist: generated traffic, and a small site to click through.

    captures(5000, seed=7, now_ms=…)    # exchanges in order of arrival, the same for the same seed
    fill(folder, 5000)                  # the same, stored in a workspace
    site.respond("/cart")               # the shop's page, for the proxy to serve
"""

from app.demo.filling import fill
from app.demo.generator import captures

__all__ = ["captures", "fill"]
