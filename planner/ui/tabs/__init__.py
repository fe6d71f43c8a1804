"""One module a tab; `registry` lists them in their order."""
