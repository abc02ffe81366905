"""What is wrong with a corpus before anything is learned from it, row by row.

Does *not* change a row: it says what it found, suggests labels, and marks in ``keep`` which
training rows it would leave out. A test split is left whole, so that figures stay comparable. How
the marks come about stands at ``kosent.inspection.audited.Audit``; what is looked for in
``kosent.inspection.findings``.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.corpora.base import SPLITS, Corpus, Split, set_name
from kosent.errors import DataError, KosentError, UsageError
from kosent.inspection import suspects as judging
from kosent.inspection.audited import Audit, Row
from kosent.inspection.copies import copies, outvoted
from kosent.inspection.duplicates import Groups, grouped
from kosent.inspection.encodings import KINDS, odd_encodings
from kosent.inspection.findings import FINDINGS
from kosent.inspection.label_names import told_as_one
from kosent.inspection.suspects import Suspects, likely_wrong
from kosent.language import Message
from kosent.support.progress import Listener, Silent
from kosent.text.cleaning import Cleaner, preset_for

Mask = npt.NDArray[np.bool_]

_TIMES_THE_MEDIAN, _SHORT = 10, 100  # characters; no text below is long, whatever the median
_AT_ONCE = 4096  # texts between two reports of progress


class _Material(NamedTuple):
    """The rows of both splits, one after the other.

    Attributes:
        texts: ``n`` texts.
        labels: Their labels.
        names: The same in their usual spelling.
        classes: All names, sorted.
        numbers: Class numbers ``(n,)``.
        is_test: Which are of the test split ``(n,)``.
        lines: Where they begin.
    """

    texts: list[str]
    labels: list[str]
    names: list[str]
    classes: list[str]
    numbers: npt.NDArray[np.int32]
    is_test: Mask
    lines: list[int | None]


def audit(
    corpus: Corpus,
    *,
    cleaning: str | None = None,
    suspects: bool | None = None,
    listener: Listener | None = None,
) -> Audit:
    """Look through a corpus.

    Args:
        corpus: The corpus.
        cleaning: A name in ``PRESETS``; by default that of the corpus' language.
        suspects: Whether to look for likely wrong labels, for which the extra ``audit`` has to be
            installed; ``None`` looks for them where it is, and says so where it is not.
        listener: Receives progress events.

    Returns:
        What was found.

    Raises:
        UsageError: If there is no such preset.
        DataError: If the corpus has no texts, or too few, or one class, to find suspects.
        RuntimeSetupError: If suspects are asked for and cleanlab is not installed.
    """
    told = listener or Silent()
    cleaning = cleaning or preset_for(corpus.language)
    clean = Cleaner(cleaning)
    if suspects and not judging.can_judge():
        raise judging.not_installed()
    material = _material(corpus)
    if corpus.multilabel:
        suspects = _no_suspects(suspects, told)
    cleaned, masks = _looked_through(material.texts, clean, told)
    told.stage("duplicates", None)
    groups = grouped(material.texts)
    masks |= copies(groups, material.numbers, material.is_test)
    masks["label name"] = np.array(
        [label != name for label, name in zip(material.labels, material.names, strict=True)]
    )
    judged = _judged(material, cleaned, groups, suspects, told)
    judge: dict[str, Any] = {}
    if judged is not None:
        masks["likely wrong label"] = judged.wrong
        name = f"{judging.PACKAGE} {version(judging.PACKAGE)}"
        judge = {"judged_by": name, "accuracy": round(judged.accuracy, 4)}
    rows = _rows(material, groups, masks, judged)
    return Audit(corpus.name, cleaning, corpus.accounts(), rows, **judge, sets=_sets(corpus))


def _material(corpus: Corpus) -> _Material:
    splits = [corpus.train, *([corpus.test] if corpus.test is not None else [])]
    texts = [text for split in splits for text in split.texts]
    labels = [label for split in splits for label in split.labels]
    if not len(corpus.train):
        raise DataError(f"'{corpus.name}': 글이 없습니다", f"'{corpus.name}' has no texts")
    sets = _sets(corpus)
    if sets is None:
        usual = told_as_one(labels)
        names = [usual[label] for label in labels]
    else:
        usual = told_as_one(label for each in sets for label in each)
        names = [set_name(sorted({usual[label] for label in each})) for each in sets]
    classes = sorted(set(names))
    number = {name: number for number, name in enumerate(classes)}
    return _Material(
        texts=texts,
        labels=labels,
        names=names,
        classes=classes,
        numbers=np.array([number[name] for name in names], np.int32),
        is_test=np.arange(len(texts)) >= len(corpus.train),
        lines=[line for split in splits for line in _lines(split)],
    )


def _sets(corpus: Corpus) -> list[tuple[str, ...]] | None:
    """Return the labels of the rows of both splits, where a text may have several."""
    if corpus.train.label_sets is None:
        return None
    return corpus.train.label_sets + ((corpus.test and corpus.test.label_sets) or [])


def _no_suspects(wanted: bool | None, listener: Listener) -> bool:
    """Leave out the search for wrong labels where a text may have several, and say so.

    Raises:
        UsageError: If it was asked for.
    """
    message = Message(
        "글마다 라벨이 여럿이면 틀린 듯한 라벨은 찾지 못합니다",
        "likely wrong labels are not looked for where a text may have several",
    )
    if wanted:
        raise UsageError(message.korean, message.english)
    listener.notice(message)
    return False


def _lines(split: Split) -> Sequence[int | None]:
    return [None] * len(split) if split.lines is None else split.lines


def _looked_through(
    texts: Sequence[str], clean: Cleaner, listener: Listener
) -> tuple[list[str], dict[str, Mask]]:
    """Look at each text by itself; return it cleaned, and who has which finding."""
    cleaned: list[str] = []
    odd: list[list[str]] = []
    listener.stage("audit", len(texts))
    for start in range(0, len(texts), _AT_ONCE):
        chunk = texts[start : start + _AT_ONCE]
        cleaned += map(clean, chunk)
        odd += map(odd_encodings, chunk)
        listener.advance(len(chunk))
    lengths = np.array([len(text) for text in texts])
    masks = {kind: np.array([kind in each for each in odd]) for kind in KINDS}
    masks["cleans to nothing"] = np.array([not text.strip() for text in cleaned])
    masks["long text"] = lengths > max(_TIMES_THE_MEDIAN * float(np.median(lengths)), _SHORT)
    return cleaned, masks


def _judged(
    material: _Material,
    cleaned: Sequence[str],
    groups: Groups,
    wanted: bool | None,
    listener: Listener,
) -> Suspects | None:
    """Look for likely wrong labels, where that is wanted and possible; say why it is not."""
    if wanted is False:
        return None
    hindrance = _hindrance(material)
    if hindrance is None:
        return likely_wrong(cleaned, material.numbers, len(material.classes), groups.near, listener)
    if wanted:
        raise hindrance
    listener.notice(Message(hindrance.korean, hindrance.english))
    return None


def _hindrance(material: _Material) -> KosentError | None:
    rows, classes = len(material.texts), len(material.classes)
    if rows < judging.LEAST_TEXTS or classes < 2:
        return DataError(
            f"틀린 듯한 라벨을 찾으려면 글 {judging.LEAST_TEXTS}편과 라벨 두 가지가 있어야 합니다. "
            f"받은 것: 글 {rows:,}편, 라벨 {classes}가지",
            f"finding likely wrong labels takes {judging.LEAST_TEXTS} texts and two labels. "
            f"Received: {rows:,} texts, {classes} labels",
        )
    return None if judging.can_judge() else judging.not_installed()


def _rows(
    material: _Material, groups: Groups, masks: dict[str, Mask], judged: Suspects | None
) -> list[Row]:
    is_test, near = material.is_test, groups.near
    lost = masks["duplicate"] | masks["in test"] | masks["cleans to nothing"]
    keep = is_test | ~(lost | outvoted(groups.same, material.numbers, is_test))
    is_shared = np.bincount(near)[near] > 1
    suggested = _suggestions(material, judged)
    columns = (
        [SPLITS[number] for number in is_test.tolist()],
        material.lines,
        material.texts,
        material.labels,
        _findings(masks),
        [name for name, _ in suggested],
        [probability for _, probability in suggested],
        [int(group) if shared else None for group, shared in zip(near, is_shared, strict=True)],
        keep.tolist(),
    )
    return [Row(*cells) for cells in zip(*columns, strict=True)]


def _findings(masks: dict[str, Mask]) -> list[tuple[str, ...]]:
    """Return the names of what each row has, in the order of ``FINDINGS``."""
    names = [name for name in FINDINGS if name in masks]
    table = np.stack([masks[name] for name in names], axis=1)  # (n, findings)
    findings: list[tuple[str, ...]] = [()] * len(table)
    for row in np.flatnonzero(table.any(axis=1)).tolist():
        findings[row] = tuple(names[place] for place in np.flatnonzero(table[row]))
    return findings


def _suggestions(
    material: _Material, judged: Suspects | None
) -> list[tuple[str | None, float | None]]:
    """Return a better label for each row, and its probability where the model suggests it."""
    suggestions: list[tuple[str | None, float | None]] = [
        (name if name != label else None, None)
        for name, label in zip(material.names, material.labels, strict=True)
    ]
    if judged is not None:
        for row in np.flatnonzero(judged.wrong).tolist():
            name = material.classes[judged.suggested[row]]
            suggestions[row] = (name, round(float(judged.probability[row]), 4))
    return suggestions
