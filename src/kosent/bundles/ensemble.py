"""A saved ensemble: a folder of checked files, or the same files in one ``.kosent`` file.

::

    manifest.json         as of a single model; labels, weights and biases, figures
    member-0.kosent ...   each member as a complete saved model in one file
    probes.json           twenty texts and their probabilities, checked when loading
    card.md               what this ensemble is, for people

Members are read from bytes that were checked against the manifest, by the rules of ``bundle.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kosent.bundles import model as bundle
from kosent.bundles.archive import Archive
from kosent.bundles.manifest import ENSEMBLE, Saved, damaged, open_saved, write_saved
from kosent.bundles.probes import Probes, read_probes, write_probes

FEWEST_MEMBERS = 2
MOST_MEMBERS = 64

_MEMBER = "member-{}.kosent"
_PROBES = "probes.json"
_CARD = "card.md"


@dataclass(frozen=True, slots=True)
class SavedEnsemble:
    """Everything an ensemble consists of.

    Attributes:
        labels: The classes.
        weights: One a member.
        bias: One a class.
        members: Gives each member, by its path: that of the ensemble and its name in it.
        probes: Texts and their probabilities ``(classes,)``.
        info: Where it comes from.
        card: Markdown for people.
    """

    labels: list[str] | list[int]
    weights: list[float]
    bias: list[float]
    members: dict[Path, Callable[[], bundle.Bundle]]
    probes: Probes
    info: dict[str, Any]
    card: str


def write(
    path: Path,
    facts: dict[str, Any],
    members: list[bytes],
    probes: Probes,
    card: str,
    *,
    overwrite: bool = False,
) -> None:
    """Write an ensemble; it appears whole or not at all.

    Args:
        path: Target: a file where the name ends in ``.kosent``, else a folder.
        facts: Labels, weights, bias and info.
        members: Each as the content of a ``.kosent`` file.
        probes: Texts and their probabilities.
        card: Markdown for people.
        overwrite: Replace what is there. Only a saved model or an empty folder is ever replaced.

    Raises:
        UsageError: If ``path`` exists and may not be replaced.
        RuntimeSetupError: If the disk refuses.
    """
    files = {_MEMBER.format(number): data for number, data in enumerate(members)}
    files |= {_PROBES: write_probes(probes), _CARD: card.encode(errors="replace")}
    write_saved(path, ENSEMBLE, facts, files, overwrite=overwrite)


def read(path: Path) -> SavedEnsemble:
    """Read and verify an ensemble; its members are read, and verified, one by one later.

    Raises:
        BundleError: If it is no ensemble, damaged, incomplete or of a newer format.
    """
    saved = open_saved(path, ENSEMBLE)
    manifest = saved.manifest
    try:
        weights = _numbers(manifest["weights"], "weights")
        if not FEWEST_MEMBERS <= len(weights) <= MOST_MEMBERS or min(weights) < 0:
            raise ValueError(f"{len(weights)} weights, or one below 0")
        bias = _numbers(manifest["bias"], "bias")
        if len(bias) != len(manifest["labels"]):
            raise ValueError(f"{len(bias)} biases for {len(manifest['labels'])} labels")
        names = [_MEMBER.format(number) for number in range(len(weights))]
        if set(saved.names) != {*names, _PROBES, _CARD}:
            raise ValueError(f"files {saved.names} for {len(weights)} members")
        return SavedEnsemble(
            labels=manifest["labels"],
            weights=weights,
            bias=bias,
            members={path / name: partial(_member, saved, name) for name in names},
            probes=read_probes(saved.read(_PROBES), len(bias)),
            info=manifest["info"],
            card=saved.read(_CARD).decode(),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise damaged(path, f"{type(error).__name__}: {error}") from error


def _member(saved: Saved, name: str) -> bundle.Bundle:
    return bundle.read(saved.path / name, lambda: Archive(saved.read(name)))


def _numbers(listed: Any, name: str) -> list[float]:
    if not isinstance(listed, list) or not all(
        isinstance(each, int | float) and not isinstance(each, bool) and math.isfinite(each)
        for each in listed
    ):
        raise ValueError(f"{name}: not a list of numbers")
    return [float(each) for each in listed]
