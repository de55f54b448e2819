"""The simulator, when a sender speaks to one of ours, over REST."""
