"""The clock and the post: what happens in the background, after the commit and when time has come.

Every task may be run twice and may be killed at any moment; none decides anything about a case.
"""
