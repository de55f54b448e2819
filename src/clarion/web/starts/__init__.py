"""The REST routes of starts."""
