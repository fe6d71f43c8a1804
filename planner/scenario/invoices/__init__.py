"""Invoices and usage as others export them: messy text to rows by month, or refused with row and column.

``text`` turns bytes into cells, ``amounts`` and ``months`` read one cell, ``layout`` finds out what the
columns are, ``reading`` reads all rows and says what is wrong with which, ``meaning`` guesses categories,
``fresh`` makes the plan's rows of them.

Python's csv splits the lines; what pandas would add is guessing: it turns a column into numbers or not at
all, blanks into NaN, "1.234,56" into text and "1.234" into one and a bit without a word, and does not know in
which row it stood. Here every cell stays text until it is read, and what cannot be read has a place.
"""
