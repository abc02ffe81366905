"""The networks, a file each, or for a family of them."""
