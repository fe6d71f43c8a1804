"""Input rows: one row shows one field of the scenario, whatever its kind."""
