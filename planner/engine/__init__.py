"""From inputs to figures: physics, money, energy, carbon, quality and upkeep of each strategy."""
