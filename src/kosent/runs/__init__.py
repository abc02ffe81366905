"""Trainings as folders: configuration, environment, checkpoints, report, bundle."""
