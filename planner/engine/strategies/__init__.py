"""The strategies: each a list of line items over months. Nothing outside this folder knows their names."""
