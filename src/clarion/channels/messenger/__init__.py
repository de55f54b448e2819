"""Messenger and Instagram: pages that answer the people who wrote to them."""
