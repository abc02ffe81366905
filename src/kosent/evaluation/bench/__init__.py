"""Many systems on many corpora: each trained in a process of its own, scored once, compared."""
