"""Plans, their instants, and pacing: pure arithmetic with the clock as an argument."""
