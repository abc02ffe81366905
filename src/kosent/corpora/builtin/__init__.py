"""The corpora that kosent knows by name, one file each."""
