"""The REST routes of bindings."""
