"""Usual claims about tuning and distilling, each held against the figures of a plan."""
