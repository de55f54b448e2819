"""The REST routes of the numbers on a flow's canvas."""
