"""The REST routes of webhooks out."""
