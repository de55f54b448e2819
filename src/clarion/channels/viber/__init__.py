"""Viber: messages of a business to its subscribers."""
