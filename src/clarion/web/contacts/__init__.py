"""The REST routes of contacts."""
