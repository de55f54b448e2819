"""The REST routes of keys."""
