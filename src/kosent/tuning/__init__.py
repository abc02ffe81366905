"""Searching settings on the validation split, with Optuna; the test split is never looked at."""
