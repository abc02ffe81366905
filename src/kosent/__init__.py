"""kosent: Korean-first text classification."""
