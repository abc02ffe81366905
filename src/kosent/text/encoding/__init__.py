"""Raw text to ids: the encoder, its files, its stages and its cache."""
