"""The REST routes of groups."""
