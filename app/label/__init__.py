"""
Visual labeling without a window: elements, selectors, labeled events, what they match.
"""
