"""A saved ensemble: a folder of checked files, or the same files in one ``.kosent`` file.

::

    manifest.json         as of a single model; labels, weights and biases, figures
    member-0.kosent ...   each member as a complete saved model in one file
    probes.json           twenty texts and their probabilities, checked when loading
    card.md               what this ensemble is, for people

Members are read from bytes that were checked against the manifest, by the rules of ``bundle.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kosent.bundles.manifest import ENSEMBLE, MODEL, Saved, damage, open_saved
from kosent.bundles.numbers import numbers, thresholds_of
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
        members: Reads each member, by its path: that of the ensemble and its name in it. Takes
            what reads a saved model that is open.
        probes: Texts and their probabilities ``(classes,)``.
        info: Where it comes from.
        card: Markdown for people.
        thresholds: Probability from which on each label is given, where a text may have several.
    """

    labels: list[str] | list[int]
    weights: list[float]
    bias: list[float]
    members: dict[Path, Callable[[Callable[[Saved], Any]], Any]]
    probes: Probes
    info: dict[str, Any]
    card: str
    thresholds: list[float] | None = None


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
        facts: Labels, weights, bias and info; thresholds where a text may have several
            labels.
        members: Each as the content of a ``.kosent`` file.
        probes: Texts and their probabilities.
        card: Markdown for people.
        overwrite: Replace what is there. Only a saved model or an empty folder is ever replaced.

    Raises:
        UsageError: If ``path`` exists and may not be replaced.
        RuntimeSetupError: If the disk refuses.
    """
    from kosent.bundles.writing import write_saved

    write_saved(path, ENSEMBLE, facts, _files(members, probes, card), overwrite=overwrite)


def to_bytes(facts: dict[str, Any], members: list[bytes], probes: Probes, card: str) -> bytes:
    """Return an ensemble as the content of one ``.kosent`` file; the arguments are those above."""
    from kosent.bundles.archive import to_archive
    from kosent.bundles.writing import signed

    return to_archive(signed(ENSEMBLE, facts, _files(members, probes, card)))


def _files(members: list[bytes], probes: Probes, card: str) -> dict[str, bytes]:
    files = {_MEMBER.format(number): data for number, data in enumerate(members)}
    return files | {_PROBES: write_probes(probes), _CARD: card.encode(errors="replace")}


def unpack(saved: Saved) -> SavedEnsemble:
    """Read and verify the content of an ensemble that is open.

    Its members are read, and verified, one by one later, while it is still open.

    Raises:
        BundleError: If it is damaged or incomplete.
    """
    manifest = saved.manifest
    with damage(saved.path):
        weights = numbers(manifest["weights"], "weights")
        if not FEWEST_MEMBERS <= len(weights) <= MOST_MEMBERS or min(weights) < 0:
            raise ValueError(f"{len(weights)} weights, or one below 0")
        bias = numbers(manifest["bias"], "bias")
        if len(bias) != len(manifest["labels"]):
            raise ValueError(f"{len(bias)} biases for {len(manifest['labels'])} labels")
        names = [_MEMBER.format(number) for number in range(len(weights))]
        if set(saved.names) != {*names, _PROBES, _CARD}:
            raise ValueError(f"files {saved.names} for {len(weights)} members")
        return SavedEnsemble(
            labels=manifest["labels"],
            weights=weights,
            bias=bias,
            members={saved.path / name: partial(_member, saved, name) for name in names},
            probes=read_probes(saved.read(_PROBES), len(bias)),
            info=manifest["info"],
            card=saved.read(_CARD).decode(),
            thresholds=thresholds_of(manifest),
        )


def _member(saved: Saved, name: str, take: Callable[[Saved], Any]) -> Any:
    with open_saved(saved.path / name, MODEL, saved.read(name)) as member:
        return take(member)
