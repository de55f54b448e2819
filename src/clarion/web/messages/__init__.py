"""The REST routes of messages."""
