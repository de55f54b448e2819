"""The REST routes of audit."""
