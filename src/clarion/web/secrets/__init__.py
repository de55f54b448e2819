"""The REST routes of secrets."""
