"""Which strategy to choose, why, what speaks against it, and what would have to change for another to win."""
