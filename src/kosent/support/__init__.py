"""The ground: what every room uses, and what knows nothing of texts or networks."""
