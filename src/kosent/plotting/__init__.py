"""Pictures as PNG bytes; matplotlib is imported when one is drawn, not when this is."""
