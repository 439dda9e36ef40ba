"""
Problems: what the rules found, and uploads that could not be understood.

The page itself is in `page`: `reading` is also used beside the GUI thread, where types of Qt must
not be made.
"""
