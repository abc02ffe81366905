"""Classifiers of texts: one network, an ensemble, and how they are made, saved and loaded."""
