"""Readers of user files, for training and for prediction."""
