"""The catalogue: frozen rows with source and date, the loader, prices and caveats."""
