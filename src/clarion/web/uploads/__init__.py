"""The REST routes of uploads."""
