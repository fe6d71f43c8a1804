"""Plots: primitives in base, one file per figure."""
