"""The REST routes of sign-ins."""
