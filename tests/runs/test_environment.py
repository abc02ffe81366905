from __future__ import annotations

import importlib.metadata

import numpy as np
import pytest

from kosent.runs.environment import environment


def test_versions_are_those_of_the_packages() -> None:
    assert environment()["packages"]["numpy"] == np.__version__


def test_a_package_that_is_missing_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who trains in Python alone needs no konlpy."""
    distribution = importlib.metadata.distribution

    def without_konlpy(name: str) -> importlib.metadata.Distribution:
        if name == "konlpy":
            raise importlib.metadata.PackageNotFoundError(name)
        return distribution(name)

    monkeypatch.setattr(importlib.metadata, "distribution", without_konlpy)
    packages = environment()["packages"]
    assert packages["konlpy"] is None
    assert packages["numpy"] == np.__version__
