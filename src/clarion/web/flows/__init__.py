"""The REST routes of flows."""
