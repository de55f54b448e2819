"""The sub-commands of ``clarion``, one noun a file; ``clarion.cli`` assembles them."""
