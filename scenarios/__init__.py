"""Everybody's outside: the command line, the world of three processes, and the scenarios that are played in it.

Nothing of the bank, the application or the user imports this package; it sees them from outside, as processes,
pages, messages and files. It holds no rule of the standard, only the stories that show them.
"""
