"""Whose terms an installation comes under: the licences of all that kosent's requirements reach.

Nothing is looked up: licences are those that the installed packages state of themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kosent.support.packages import declared, extras, installed, needs, normal

if TYPE_CHECKING:
    from importlib.metadata import Distribution

PERMISSIVE, FILES, COPYLEFT, UNKNOWN = "permissive", "files", "copyleft", "unknown"
KINDS = (PERMISSIVE, FILES, COPYLEFT, UNKNOWN)  # what asks least of those who pass it on, first

_SHORT = 60  # characters; longer is the licence itself and not its name
_CLASSIFIER = "License :: OSI Approved :: "
# What a licence's name holds, the first that fits: LGPL is no GPL, which is no BSD.
_WORDS = {
    FILES: r"\bMPL|Mozilla|\bLGPL|Lesser|\bEPL|Eclipse|\bCDDL",
    COPYLEFT: r"GPL|GNU|\bEUPL|\bCC-BY-(?:NC|SA|ND)|\bSSPL|\bBUSL",
    PERMISSIVE: r"\bMIT\b|BSD|Apache|\bISC|\bPSF|Python Software|\bZlib|\bCC0|Unlicense|HPND|Boost",
}


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence of one installed distribution.

    Attributes:
        name: The distribution.
        version: Its version.
        licence: What it says of itself; empty where it says nothing.
        kind: ``"permissive"``; ``"files"``, whose own files stay under it (MPL, LGPL);
            ``"copyleft"``, which all that is passed on with it comes under (GPL); ``"unknown"``.
        extras: The extras of kosent that bring it; none where every installation has it.
    """

    name: str
    version: str
    licence: str
    kind: str
    extras: tuple[str, ...]


def licences() -> list[Licence]:
    """List the licences of the installed distributions that kosent's requirements reach."""
    base = _reached(declared())
    brought: dict[str, list[str]] = {}
    found = dict(base)
    for extra in extras():
        reached = _reached(declared([extra]))
        found |= reached
        for name in reached.keys() - base.keys():
            brought.setdefault(name, []).append(extra)
    return [_licence(each, brought.get(name, ())) for name, each in sorted(found.items())]


def absent() -> list[str]:
    """List the distributions that kosent names and that are not installed here."""
    return sorted(name for name in declared(extras()) if installed(name) is None)


def as_data(found: Sequence[Licence], missing: Sequence[str]) -> dict[str, Any]:
    """Return licences as JSON holds them."""
    return {"licences": [asdict(each) for each in found], "absent": list(missing)}


def kind_of(licence: str) -> str:
    """Return what a licence asks for, of which there may be several to choose from (``OR``)."""
    choices = re.split(r"\bOR\b", licence)
    return min(map(_kind_of_all, choices), key=KINDS.index)


def _kind_of_all(licence: str) -> str:
    """Return what the strictest part of a licence asks for."""
    parts = re.split(r"\bAND\b|, ", licence)
    return max(map(_kind_of_one, parts), key=KINDS.index)


def _kind_of_one(licence: str) -> str:
    return next(
        (kind for kind, words in _WORDS.items() if re.search(words, licence, re.I)), UNKNOWN
    )


def _licence(found: Distribution, brought_by: Sequence[str]) -> Licence:
    licence = _stated(found)
    name = found.metadata["Name"]
    return Licence(name, found.version, licence, kind_of(licence), tuple(brought_by))


def _stated(found: Distribution) -> str:
    """Return a licence's name: SPDX where it is given, else the classifiers, else the old field."""

    def given(field: str) -> list[str]:
        return [each.strip() for each in found.metadata.get_all(field) or []]

    classifiers = [
        each.removeprefix(_CLASSIFIER)
        for each in given("Classifier")
        if each.startswith(_CLASSIFIER)
    ]
    free = "".join(given("License")).split("\n")[0].strip()
    named = free if len(free) <= _SHORT and _kind_of_one(free) != UNKNOWN else ""
    return "".join(given("License-Expression")) or ", ".join(classifiers) or named


def _reached(names: Sequence[str]) -> dict[str, Distribution]:
    """Return what is installed of some distributions and all below them, by its plain name."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    waiting: list[tuple[str, list[str]]] = [(name, []) for name in names]
    while waiting:
        name, wanted = waiting.pop()
        here = installed(name)
        if here is None or (normal(name), tuple(wanted)) in seen:
            continue
        seen.add((normal(name), tuple(wanted)))
        found[normal(here.metadata["Name"])] = here
        waiting += needs(here, wanted)
    return found
