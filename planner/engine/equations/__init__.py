"""The plan as named quantities, each with its equation, as a workbook calculates it and a reader follows it.

The engine makes the numbers. Its own functions, called with quantities in place of numbers, give the
equations: there is no second formula. `build` makes them, `plan` says what they are, `writing` writes
them as a spreadsheet's formula or as a text.
"""
