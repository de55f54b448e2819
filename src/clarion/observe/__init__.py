"""What the house tells about itself: its log and its figures."""
