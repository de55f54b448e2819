"""The event stream that tells open consoles what changed."""
