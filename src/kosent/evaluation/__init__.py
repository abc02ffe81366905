"""Scoring: a model on a corpus, on noisy texts, and beside what it has to beat."""
