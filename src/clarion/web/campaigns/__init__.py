"""The REST routes of campaigns."""
