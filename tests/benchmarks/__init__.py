"""Timings that are read by people: `python -m tests.benchmarks`. No test depends on them."""
