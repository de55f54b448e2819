"""Sessions: where people are in flows."""
