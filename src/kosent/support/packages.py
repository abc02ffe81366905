"""Packages that those who only predict may leave out, and what their distributions are called."""

from __future__ import annotations

import os
import re
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
# Distributions that bring the same package. Only one of them can be installed without harm.
_STAND_INS: Mapping[str, tuple[str, ...]] = {
    "tensorflow": ("tensorflow-cpu", "tensorflow-rocm", "tf-nightly", "tf-nightly-cpu"),
}
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def distribution(package: str) -> str:
    """Return the name that pip installs a package by: ``scikit-learn`` of ``sklearn``."""
    return DISTRIBUTIONS.get(package, package)


def backend() -> str:
    """Return the package that Keras computes with, as the environment has it."""
    return os.environ.get("KERAS_BACKEND") or "tensorflow"


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


def refusal(error: ModuleNotFoundError) -> RuntimeSetupError:
    """Return what to say of a package that was imported and is not there.

    Args:
        error: What the import raised.

    Raises:
        ModuleNotFoundError: ``error`` itself, where kosent names no such package as needed: it is
            no matter of the installation then.
    """
    name = distribution((error.name or "").partition(".")[0])
    if normal(name) not in {normal(each) for each in declared("")} or installed_version(name):
        raise error
    return RuntimeSetupError(
        f"설치되지 않은 패키지가 필요합니다: {name} (pip install {name})",
        f"a package is needed that is not installed: {name} (pip install {name})",
    )


def declared(extra: str | None = None) -> list[str]:
    """List the distributions that kosent's own metadata names, without those below them.

    Args:
        extra: None for what every installation has, a name for what that extra adds, and the
            empty string for all.
    """
    from importlib.metadata import PackageNotFoundError, requires  # takes 15 ms

    try:
        lines = requires("kosent") or []
    except PackageNotFoundError:  # run from a folder of sources that was never installed
        return []
    found: dict[str, None] = {}
    for line in lines:
        named = re.search(r"extra == ['\"]([^'\"]+)", line)
        if (extra == "" or (named and named[1]) == extra) and (match := _NAME.match(line)):
            found[match[0]] = None
    return list(found)


def installed_version(name: str) -> str | None:
    """Return a distribution's version, or that of one in its place, which is then named.

    Args:
        name: The name that pip knows.
    """
    from importlib.metadata import PackageNotFoundError, version

    for each in (name, *_STAND_INS.get(name, ())):
        try:
            found = version(each)
        except PackageNotFoundError:
            continue
        return found if each == name else f"{found} ({each})"
    return None


def normal(name: str) -> str:
    """Return a distribution's name as names are compared: ``Jinja2`` is ``jinja2``."""
    return re.sub(r"[-_.]+", "-", name).lower()
