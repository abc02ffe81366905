"""How good predictions are, and how far they can be believed."""
