"""
What the command line does and prints, a file for each command. Each is imported when it is asked
for, because the window should be there at once.

`eventscope chart` is in `app.query.command`.
"""
