"""What a search may change, and how far.

The options of a network are searched by their kind, around their defaults, whatever network it is;
the settings of training by the small table below. A file of one's own says otherwise, in TOML, by
the names that a recipe has::

    [learning_rate]
    low = 3e-4
    high = 3e-3
    log = true

    [architecture_options.units]
    low = 32
    high = 128
    step = 32

    [class_weight]
    choices = ["none", "balanced"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, get_args

from kosent import architectures
from kosent.architectures.options import Buckets, Depth, Share, Size, Switch
from kosent.errors import DataError
from kosent.models.settings import OPTIONS_OF, ClassifierSettings
from kosent.support.checks import is_number
from kosent.support.paths import user_path
from kosent.support.rules import Rule
from kosent.support.settings import settings_of
from kosent.training.settings import default_learning_rate

_NONE = "none"  # instead of None, which TOML cannot say
_KEYS = {"low", "high", "log", "step", "choices"}


class Suggests(Protocol):
    """What a trial of Optuna does."""

    def suggest_int(self, name: str, low: int, high: int, *, step: int, log: bool) -> int:
        """Choose a whole number."""

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None, log: bool
    ) -> float:
        """Choose a number."""

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        """Choose one of several values."""


@dataclass(frozen=True, slots=True)
class Range:
    """The values of a setting that a search may take.

    Attributes:
        low: The smallest; whole numbers are searched where both ends are.
        high: The largest.
        log: Whether equal ratios count as equally far.
        step: The distance of two values, ``None`` for any.
        choices: The values, where they are no numbers between two; the others are not used then.
    """

    low: float = 0
    high: float = 0
    log: bool = False
    step: float | None = None
    choices: tuple[Any, ...] = ()

    def suggest(self, trial: Suggests, name: str) -> Any:
        """Let a trial choose."""
        if self.choices:
            found = trial.suggest_categorical(name, list(self.choices))
            return None if found == _NONE else found
        if self.is_whole:
            step = int(self.step or 1)
            return trial.suggest_int(name, int(self.low), int(self.high), step=step, log=self.log)
        return trial.suggest_float(name, self.low, self.high, step=self.step, log=self.log)

    @property
    def is_whole(self) -> bool:
        """Whether its values are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def holds(self, value: object) -> bool:
        """Tell whether a search can begin with a value."""
        if self.choices:
            return (_NONE if value is None else value) in self.choices
        if not is_number(value) or not self.low <= value <= self.high:
            return False
        offset = (value - self.low) / (self.step or 1)
        stepped = self.step is not None or self.is_whole
        return not stepped or abs(offset - round(offset)) < 1e-9

    def ends(self) -> tuple[Any, ...]:
        """Return the values that the rule of the setting has to allow."""
        if self.choices:
            return tuple(None if value == _NONE else value for value in self.choices)
        return self.low, self.high


Space = Mapping[str, Range]  # by the name of a setting, "architecture_options.units" of an option

# Of training, where a network is trained by steps.
_STEPPED: Space = {
    "learning_rate": Range(3e-4, 3e-3, log=True),
    "label_smoothing": Range(0.0, 0.15),
}
# Of a penalty what counts is its ratio, and none at all takes the solver long.
_PENALTY = Range(0.01, 0.9, log=True)
_ALWAYS: Space = {"class_weight": Range(choices=(_NONE, "balanced"))}
# Of tokenizers with a vocabulary of their own, or of one that is cut off.
_VOCABULARY: Mapping[str, Space] = {
    "sentencepiece": {"vocabulary_size": Range(choices=(2000, 4000, 8000, 16000))},
    "whitespace": {"min_count": Range(1, 4)},
    "okt": {"min_count": Range(1, 4)},
    "kiwi": {"min_count": Range(1, 4)},
}
_KINDS = (Size, Buckets, Depth, Share, Switch)
_HALF_TO_TWICE = 2
_MOST_DROPPED = 0.6
_DEEPER = 2  # layers or tokens more or fewer


def default_space(base: Mapping[str, Any]) -> dict[str, Range]:
    """Return what is searched where nobody says otherwise.

    Args:
        base: Arguments of ``TextClassifier``; ``architecture`` is one of them.

    Raises:
        UsageError: If there is no network of that name.
    """
    name, given = base["architecture"], base.get("architecture_options") or {}
    trainer = architectures.trainer(name, given)
    space = dict(_ALWAYS)
    if trainer != "solved":
        space |= _STEPPED
    defaults = architectures.options(name) | dict(given)
    for option, rule in architectures.bounds(name).items():
        found = _PENALTY if option == "l2" else _around(rule, defaults[option])
        if found is not None and _matters(option, trainer):
            space[f"architecture_options.{option}"] = found
    tokenizer = base.get("tokenizer", settings_of(ClassifierSettings)["tokenizer"].default)
    return space | dict(_VOCABULARY.get(str(tokenizer), {}))


def read_space(path: str | Path) -> dict[str, Range]:
    """Read what is to be searched from a file.

    Raises:
        DataError: If it cannot be read, is no TOML, or says nothing that can be searched.
        UsageError: If there is no setting of a name.
    """
    path = user_path(path)
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(path, str(error), str(error)) from error
    space = {name: _range(path, name, given) for name, given in _flat(path, document)}
    if not space:
        raise _wrong(path, "찾을 설정이 없습니다", "it names no setting")
    return space


def checked(space: Space, base: Mapping[str, Any]) -> None:
    """Refuse a space with values that no classifier can have.

    Raises:
        UsageError: If there is one.
    """
    network = architectures.bounds(base["architecture"])
    declared = settings_of(ClassifierSettings)
    for name, values in space.items():
        owner, _, option = name.partition(".")
        rule: Rule | None = None
        if owner == "architecture_options":
            for value in values.ends():
                architectures.check(base["architecture"], {option: value})
            rule = network[option]
        elif not option:
            ClassifierSettings.of({owner: None})
            rule = declared[owner].rule
        if rule is not None:
            for value in values.ends():
                rule.check(name, value)


def arguments(base: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return a classifier's arguments with what a trial has chosen."""
    merged = {name: value for name, value in base.items() if name not in OPTIONS_OF}
    options = {name: dict(base.get(name) or {}) for name in OPTIONS_OF}
    for name, value in chosen.items():
        owner, _, option = name.partition(".")
        if option:
            options[owner][option] = value
        else:
            merged[owner] = value
    return merged | {name: value for name, value in options.items() if value}


def first_guess(space: Space, base: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that a search begins with, as far as its space holds them: the base's."""
    declared = settings_of(ClassifierSettings)
    defaults = architectures.options(base["architecture"])
    found = {}
    for name, values in space.items():
        owner, _, option = name.partition(".")
        if option:
            value = (base.get(owner) or {}).get(option, defaults.get(option))
        else:
            value = base.get(owner, declared[owner].default)
            if value is None and owner == "learning_rate":
                value = default_learning_rate(continued=False)
        if values.holds(value):
            found[name] = _NONE if value is None else value
    return found


def _around(rule: Rule, default: Any) -> Range | None:
    """Return the range of an option of a network by its kind; None where it stays as it is."""
    kind = next((each for each in _KINDS if rule is get_args(each)[1]), None)
    if kind == Size and default > 1:
        return Range(max(1, default // _HALF_TO_TWICE), default * _HALF_TO_TWICE, log=True)
    if kind == Buckets:
        return Range(default // 4, default * 4, log=True)
    if kind == Depth and default > 1:
        return Range(max(1, default - _DEEPER), default + _DEEPER)
    if kind == Share:
        return Range(0.0, _MOST_DROPPED)
    return Range(choices=(False, True)) if kind == Switch else None


def _matters(option: str, trainer: str) -> bool:
    """Tell whether an option changes anything: a linear model has no dropout, others no penalty."""
    return option != ("dropout" if trainer == "solved" else "l2") or trainer == "scored"


def _flat(path: Path, document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, given in document.items():
        if not isinstance(given, dict):
            raise _wrong(path, f"표가 아닌 항목: {name}", f"not a table: {name}")
        if name not in OPTIONS_OF:
            yield name, given
            continue
        for option, each in given.items():
            if not isinstance(each, dict):
                raise _wrong(path, f"표가 아닌 항목: {name}.{option}", f"not a table: {option}")
            yield f"{name}.{option}", each


def _range(path: Path, name: str, given: Mapping[str, Any]) -> Range:
    unknown = sorted(set(given) - _KEYS)
    if unknown:
        listed = ", ".join(unknown)
        raise _wrong(path, f"{name}의 모르는 항목: {listed}", f"unknown key of {name}: {listed}")
    choices = given.get("choices")
    if choices is not None:
        if isinstance(choices, list) and choices and set(given) == {"choices"}:
            return Range(choices=tuple(choices))
        raise _wrong(
            path, f"{name}: choices만, 비지 않은 목록으로", f"{name}: choices alone, not empty"
        )
    found = _between(*(given.get(key) for key in ("low", "high", "log", "step")))
    if found is not None:
        return found
    raise _wrong(
        path,
        f"{name}: low < high인 수여야 합니다. log면 0보다 크고 step이 없어야 합니다",
        f"{name}: low and high are numbers, low the smaller; with log over 0 and without step",
    )


def _between(low: Any, high: Any, log: Any, step: Any) -> Range | None:
    """Return the range of numbers between two; None where they make none."""
    if not (is_number(low) and is_number(high) and low < high and log in (None, True, False)):
        return None
    if (log and (low <= 0 or step is not None)) or not (step is None or _is_positive(step)):
        return None
    if not (isinstance(low, int) and isinstance(high, int)):
        low, high = float(low), float(high)
    return Range(low, high, bool(log), step)


def _is_positive(value: Any) -> bool:
    return is_number(value) and value > 0


def _wrong(path: Path, korean: str, english: str) -> DataError:
    return DataError(f"'{path}': {korean}", f"'{path}': {english}")
