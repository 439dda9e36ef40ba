"""
What the vendor makes of an upload: the answers of local delivery.
"""
