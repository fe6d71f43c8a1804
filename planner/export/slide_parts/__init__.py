"""What slides are made from: places of the template, native charts, tables, notes."""
