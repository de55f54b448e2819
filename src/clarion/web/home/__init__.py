"""The REST route of the first page."""
