"""One figure a class: a card with a plot, and `show`, which hands it what a view holds."""
