"""The plan as named quantities, each with its equation, as a workbook calculates it and a reader follows it.

The engine makes the numbers; this says the same once more as formulas that can be written down. Tests hold
both to be equal, so it is no second opinion.
"""
