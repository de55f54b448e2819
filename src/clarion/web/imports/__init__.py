"""The REST routes of imports."""
