"""The REST routes of users."""
