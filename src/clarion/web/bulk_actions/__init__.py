"""The REST routes of bulk actions."""
