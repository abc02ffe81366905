"""The settings of a model in one table, and the command that trains it again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from kosent.models.settings import ClassifierSettings
from kosent.reporting.parts import Reader, Table, clipped
from kosent.runs.config import EnsembleConfig, RunConfig
from kosent.support.settings import Setting, settings_of

_LONGEST = 120  # characters of a value
_OF_RUN = ("text_column", "label_column", "limit", "label_separator", "label_columns")
_AUTO = ("architecture", "seed", "cleaning", "minutes", "size", "speed")  # what auto listens to


def settings_table(
    reader: Reader, given: Sequence[Mapping[str, Any]], used: Mapping[str, Any] | None
) -> Table:
    """Return the settings of a model, or of each member of an ensemble.

    Args:
        reader: Who reads it.
        given: What was given, one a member.
        used: What was used in the end, of a single model; ``None`` where ``auto`` decided.
    """
    declared = settings_of(ClassifierSettings)
    known = (
        declared if len(given) == 1 and used is not None else [*_AUTO] if len(given) == 1 else []
    )
    names = [name for name in declared if name in known or any(name in each for each in given)]
    rows = []
    for name in names:
        each = declared[name]
        cells = [_value(reader, each, one, used) for one in given]
        rows.append([name, *cells, reader(each.korean, each.english)])
    head = [reader("설정", "setting")]
    head += [str(number) for number in range(len(given))] if len(given) > 1 else [""]
    head[1:2] = head[1:2] if len(given) > 1 else [reader("값 (✓ 정해 준 것)", "value (✓ given)")]
    head.append(reader("뜻", "meaning"))
    return Table(reader("설정", "Settings"), head, rows, words=range(1, len(head)))


def _value(
    reader: Reader, declared: Setting, given: Mapping[str, Any], used: Mapping[str, Any] | None
) -> str:
    name = declared.name
    value = given.get(name, declared.default if used is None else used.get(name, declared.default))
    if value is None:
        return reader("자료에 따라", "by the data") if declared.by_data else "-"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clipped(text, _LONGEST) + (" ✓" if name in given else "")


def run_command(config: RunConfig) -> str:
    """Return the command that trains a model as a run did."""
    if config.distill is None:
        words = ["kosent", "train"]
    else:
        taught = config.distill
        option = "--teacher-file" if taught.from_file else "--teacher"
        words = ["kosent", "distill", option, taught.teacher, "--share", f"{taught.share:g}"]
        words += ["--texts", taught.texts] if taught.texts else []
    words += ["--corpus", config.corpus]
    for name in _OF_RUN:
        value = getattr(config, name)
        if value not in (None, (), []):
            text = ",".join(value) if isinstance(value, list | tuple) else str(value)
            words += [f"--{name.replace('_', '-')}", text]
    declared = settings_of(ClassifierSettings)
    for name, value in config.classifier.items():
        words += _option(declared[name], value)
    return shlex.join(words)


def ensemble_commands(config: EnsembleConfig) -> list[str]:
    """Return the commands that train members and put them together as a run did."""
    folders = [f"member-{number}" for number in range(len(config.members))]
    lines = [
        f"{run_command(config.run(number))} --out {folder}" for number, folder in enumerate(folders)
    ]
    bundles = [word for folder in folders for word in ("--bundle", folder)]
    corpus = ["--corpus", config.corpus]
    return [*lines, shlex.join(["kosent", "ensemble", "ensemble.kosent", *bundles, *corpus])]


def _option(declared: Setting, value: Any) -> list[str]:
    """Return the words of the command line that give a setting; none where it has no option."""
    option = declared.option
    if not option:
        return []
    if isinstance(value, Mapping):
        return [word for key, each in value.items() for word in (option, f"{key}={_json(each)}")]
    if isinstance(value, bool):
        return [option if value else f"--no-{option.removeprefix('--')}"]
    if value is None:
        return [option, "none"] if "none" in declared.rule.names else []
    return [option, str(value)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
