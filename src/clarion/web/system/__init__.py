"""The REST routes of the installation."""
