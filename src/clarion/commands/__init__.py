"""The commands of the command line, one noun a file; ``clarion.cli`` puts them together.

Theory of operation.  A command reads its arguments, opens a place, calls one service and shows the
answer: as a table for a person, or as JSON for a program (``--json``).
"""
