"""Training: batches grouped by length, Keras ``fit``, checkpoints a killed run resumes from."""
