"""Packages that those who only predict may leave out, and what their distributions are called."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from kosent.errors import RuntimeSetupError

if TYPE_CHECKING:
    from importlib.metadata import Distribution

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
_NEED = re.compile(
    r"([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?"
)  # the name of a requirement, its extras
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)")


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
    if normal(name) not in map(normal, declared(extras())) or installed_version(name):
        raise error
    return RuntimeSetupError(
        f"설치되지 않은 패키지가 필요합니다: {name} (pip install {name})",
        f"a package is needed that is not installed: {name} (pip install {name})",
    )


def declared(wanted: Collection[str] = ()) -> list[str]:
    """List the distributions that kosent's own metadata names, without those below them.

    Args:
        wanted: Extras, whose distributions are named too.
    """
    own = installed("kosent")  # nothing for a folder of sources that was never installed
    return list(dict.fromkeys(name for name, _ in needs(own, wanted))) if own else []


def extras() -> list[str]:
    """List the extras of kosent."""
    own = installed("kosent")
    return (own.metadata.get_all("Provides-Extra") or []) if own else []


def needs(found: Distribution, wanted: Collection[str] = ()) -> Iterator[tuple[str, list[str]]]:
    """Yield what a distribution says that it needs: a name, and the extras of it.

    Conditions of systems and versions are not looked at: what they leave out is not installed.

    Args:
        found: The distribution.
        wanted: Its extras, whose needs are given too.
    """
    for line in found.requires or []:
        conditions = _EXTRA.findall(line)
        match = _NEED.match(line)
        if match and (not conditions or not set(wanted).isdisjoint(conditions)):
            yield match[1], [each.strip() for each in (match[2] or "").split(",") if each.strip()]


def installed(name: str) -> Distribution | None:
    """Return an installed distribution, or the one in its place.

    Args:
        name: The name that pip knows.
    """
    from importlib import metadata  # takes 15 ms

    for each in (name, *_STAND_INS.get(name, ())):
        try:
            return metadata.distribution(each)
        except metadata.PackageNotFoundError:
            continue
    return None


def installed_version(name: str) -> str | None:
    """Return a distribution's version, or that of one in its place, which is then named.

    Args:
        name: The name that pip knows.
    """
    found = installed(name)
    if found is None:
        return None
    same = normal(found.metadata["Name"]) == normal(name)
    return found.version if same else f"{found.version} ({found.metadata['Name']})"


def normal(name: str) -> str:
    """Return a distribution's name as names are compared: ``Jinja2`` is ``jinja2``."""
    return re.sub(r"[-_.]+", "-", name).lower()
