"""Packages that those who only predict may leave out."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from kosent.errors import RuntimeSetupError

# What is imported under one name and installed under another.
DISTRIBUTIONS: Mapping[str, str] = {
    "fasttext": "fasttext-community",
    "iterstrat": "iterative-stratification",
    "jpype": "jpype1",
    "koreanize_matplotlib": "koreanize-matplotlib",
    "prometheus_client": "prometheus-client",
    "sklearn": "scikit-learn",
}


def distribution(package: str) -> str:
    """Return the name that pip installs a package by: ``scikit-learn`` of ``sklearn``."""
    return DISTRIBUTIONS.get(package, package)


def require(*packages: str) -> None:
    """Refuse to go on where packages are missing, saying which, by the names pip knows.

    Args:
        packages: The names that they are imported by.

    Raises:
        RuntimeSetupError: If one of them is not installed.
    """
    missing = [distribution(name) for name in packages if find_spec(name) is None]
    if missing:
        listed = " ".join(missing)
        raise RuntimeSetupError(
            f"예측만 할 수 있게 설치되어 있습니다. 없는 패키지: {listed} (pip install {listed})",
            f"this installation can only predict; missing packages: {listed} "
            f"(pip install {listed})",
        )
