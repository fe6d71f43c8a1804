"""The report: a plan on two to six pages A4. Laid out as data first, then painted; no widget takes part."""
