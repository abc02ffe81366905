"""What a search leaves: a recipe, and a table of its trials."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial that has ended.

    Attributes:
        number: Its number, from 0.
        state: ``"complete"``, ``"pruned"`` where it was stopped early, or ``"failed"``.
        value: The figure that is searched for, on the validation split; ``None`` where there is
            none.
        accuracy: On the validation split; of a pruned trial that of its last epoch.
        epochs: Epochs trained.
        seconds: Seconds of its training.
        chosen: The settings that it chose.
        reason: Why it failed.
    """

    number: int
    state: str
    value: float | None
    accuracy: float | None
    epochs: int | None
    seconds: float | None
    chosen: dict[str, Any]
    reason: str | None = None


def table(trials: Sequence[Trial]) -> str:
    """Return the trials as CSV, one a line."""
    names = list(dict.fromkeys(name for trial in trials for name in trial.chosen))
    figures = ("number", "state", "value", "accuracy", "epochs", "seconds")
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*figures, *names, "reason"])
    for trial in trials:
        row = [getattr(trial, name) for name in figures]
        writer.writerow([*row, *(trial.chosen.get(name) for name in names), trial.reason])
    return written.getvalue()


def recipe(title: str, corpus: str, arguments: Mapping[str, Any], remark: str) -> str:
    """Return a recipe that ``kosent train --recipe FILE`` takes.

    Args:
        title: What it is.
        corpus: Name or path of the corpus.
        arguments: Those of ``TextClassifier``; what is ``None`` is left to its default.
        remark: A line of comment.
    """
    plain = {name: value for name, value in arguments.items() if not isinstance(value, Mapping)}
    lines = [f"# {remark}", f"title = {_value(title)}", f"corpus = {_value(corpus)}", ""]
    lines += ["[classifier]", *_pairs(plain)]
    for name, value in arguments.items():
        if isinstance(value, Mapping) and value:
            lines += ["", f"[classifier.{name}]", *_pairs(value)]
    return "\n".join(lines) + "\n"


def _pairs(values: Mapping[Any, Any]) -> list[str]:
    return [
        f"{_value(str(name)) if not _is_bare(str(name)) else name} = {_value(value)}"
        for name, value in values.items()
        if value is not None
    ]


def _is_bare(name: str) -> bool:
    return name.isascii() and name.replace("_", "").replace("-", "").isalnum()


def _value(value: Any) -> str:
    """Write a value: JSON's strings, numbers and lists of them are TOML's."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(_pairs(value))}}}"
    return json.dumps(value, allow_nan=False, ensure_ascii=False).replace("\x7f", "\\u007f")
