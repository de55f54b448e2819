"""The REST routes of dry runs."""
