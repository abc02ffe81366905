"""Models that were trained before, put together to an ensemble and saved as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kosent import corpora
from kosent.bundles.manifest import MODEL, read_manifest
from kosent.bundles.writing import check_target
from kosent.corpora import CORPORA, Corpus, Split
from kosent.errors import UsageError
from kosent.models.classifier import TextClassifier
from kosent.models.ensemble import Ensemble
from kosent.models.export import size_of
from kosent.models.settings import LABEL_OPTIONS, labels_as_learned, split_of
from kosent.support.paths import user_path
from kosent.support.progress import Listener, Silent
from kosent.training.splits import held_out


@dataclass(frozen=True, slots=True)
class Combined:
    """What was written.

    Attributes:
        path: The new ensemble.
        size: Its bytes.
        ensemble: The ensemble.
    """

    path: Path
    size: int
    ensemble: Ensemble


def combine_bundles(
    sources: Sequence[str | Path],
    target: str | Path,
    *,
    corpus: str | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    label_separator: str | None = None,
    label_columns: Sequence[str] = (),
    overwrite: bool = False,
    listener: Listener | None = None,
) -> Combined:
    """Fit the weights of saved models on their common validation split, and save the ensemble.

    Args:
        sources: Models that learned the same labels from the same rows and held the same ones out.
        target: Folder to write, or one file when the name ends in ``.kosent``.
        corpus: Name or path of the corpus that they learned from; by default what they say.
        text_column: Text column of a user's own file; found by its name when ``None``.
        label_column: Label column, likewise.
        label_separator: What stands between the labels of a cell, where a text may have several.
        label_columns: Columns of zeros and ones, one a label, likewise.
        overwrite: Replace a saved model that is there.
        listener: Receives progress events and notices.

    Returns:
        What was written.

    Raises:
        BundleError: If one of them is no usable model, or an ensemble.
        UsageError: If they differ in labels, corpus or held-out rows, the corpus is not known or
            not theirs, or ``target`` may not be replaced; nothing is written then.
        DataError: If the corpus cannot be used.
        RuntimeSetupError: If the disk refuses.
    """
    listener = listener or Silent()
    target = user_path(target)
    check_target(target, overwrite=overwrite)
    paths = [user_path(source) for source in sources]
    facts = _common([_facts(path) for path in paths], paths)
    name = corpus or _name(facts["corpus"])
    several = facts.pop("several")
    named = dict(zip(LABEL_OPTIONS, (label_column, label_separator, label_columns), strict=True))
    labels = labels_as_learned(facts, several, name, named)
    loaded = corpora.load(name, listener, text_column=text_column, **labels)
    rows = _rows(loaded, facts)
    listener.stage("load", None)
    ensemble = Ensemble([TextClassifier.load(path) for path in paths])
    listener.stage("weights", None)
    split = facts["split"]
    ensemble.fit(*held_out(rows, ensemble.members[0].classes_, split))
    ensemble.info_ |= {"corpus": facts["corpus"], "split": split, "test": None}
    ensemble.save(target, overwrite=overwrite)
    return Combined(target, size_of(target), ensemble)


def _facts(path: Path) -> dict[str, Any]:
    """Return what all members of an ensemble must have in common."""
    manifest = read_manifest(path, MODEL)
    info = manifest["info"]
    corpus = info.get("corpus")
    if not isinstance(corpus, dict) or "fingerprint" not in corpus:
        raise UsageError(
            f"'{path}'에는 배운 자료가 적혀 있지 않습니다. kosent train의 모델을 쓰세요",
            f"'{path}' does not say what it learned from; use models of kosent train",
        )
    if "auto" in info:
        raise UsageError(
            f"'{path}'은(는) auto가 모든 글로 배운 모델이라 무게를 맞출 글이 남지 않았습니다. "
            "신경망을 정해(--model) 학습한 모델을 쓰세요",
            f"'{path}' was made by auto, which learns from all texts in the end: none is left to "
            "fit weights on; use models of a named network (--model)",
        )
    several = "thresholds" in manifest
    split = split_of(info)
    return {"labels": manifest["labels"], "corpus": corpus, "split": split, "several": several}


def _common(facts: list[dict[str, Any]], paths: list[Path]) -> dict[str, Any]:
    """Return the facts of all.

    Raises:
        UsageError: If they differ; the message names the first that does.
    """
    for path, other in zip(paths, facts, strict=True):
        for name, korean in (("labels", "라벨"), ("corpus", "말뭉치"), ("split", "검증 자료")):
            one, two = _compared(facts[0], name), _compared(other, name)
            if one != two:
                english = {"corpus": "rows of a corpus", "split": "held-out rows"}.get(name, name)
                raise UsageError(
                    f"'{path}'와 '{paths[0]}'의 {korean}이(가) 다릅니다: {two}, {one}",
                    f"'{path}' and '{paths[0]}' have different {english}: {two}, {one}",
                )
    return facts[0]


def _compared(facts: dict[str, Any], name: str) -> Any:
    """Return what has to be equal; the rows of a corpus are, whatever its file is called."""
    return facts["corpus"]["fingerprint"] if name == "corpus" else facts[name]


def _name(learned: dict[str, Any]) -> str:
    name = learned.get("name")
    if name in CORPORA:
        return str(name)
    raise UsageError(
        f"모델들이 배운 자료({name})를 --corpus로 지정하세요",
        f"name the corpus that the models learned from ({name}) with --corpus",
    )


def _rows(corpus: Corpus, facts: dict[str, Any]) -> Split:
    """Return the training split that the models learned from."""
    learned = facts["corpus"]
    rows = corpus.limited(learned.get("limit"), facts["split"]["seed"])
    if rows.fingerprint != learned["fingerprint"]:
        raise UsageError(
            f"'{corpus.name}'은(는) 모델들이 배운 자료가 아닙니다. 무게는 그 자료에서만 맞춥니다",
            f"'{corpus.name}' is not what the models learned from; weights are fitted on the rows "
            "that these held out only",
        )
    return rows.train
