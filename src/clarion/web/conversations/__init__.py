"""The REST routes of conversations."""
