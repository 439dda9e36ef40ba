"""
What Amplitude itself knows of a person, asked when somebody wants to know, and laid beside what was
captured here.
"""
