"""What opens beside or over the window: line items, questions about files, about, keys."""
