"""The REST routes of templates."""
