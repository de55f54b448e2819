"""The REST routes of senders."""
