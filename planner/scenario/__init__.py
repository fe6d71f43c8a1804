"""The plan file: what a user decides and assumes, field by field."""
