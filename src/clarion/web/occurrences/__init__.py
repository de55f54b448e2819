"""The REST routes of occurrences and their people."""
