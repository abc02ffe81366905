"""What a search of settings is asked for, and how that stands in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kosent import architectures
from kosent.errors import DataError, UsageError
from kosent.models.classifier import TextClassifier
from kosent.models.settings import ClassifierSettings
from kosent.runs.folders import SEARCH
from kosent.support import executors
from kosent.support.checks import check_count, check_setting, is_number
from kosent.support.rules import choice
from kosent.tuning.space import Range, checked, default_space
from kosent.tuning.worker import Rows

METRIC = choice("macro_f1", "accuracy")


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """Everything that decides a search.

    Attributes:
        corpus: Name of a corpus, or path of a user's own.
        classifier: Arguments of ``TextClassifier`` that every trial has; ``architecture`` is one.
        space: What is searched, by the name of a setting; the default of its network when empty.
        metric: ``"macro_f1"`` or ``"accuracy"`` on the validation split.
        text_column: Text column of a user's own file; found by its name when ``None``.
        label_column: Label column, likewise.
        limit: Use at most this many rows, classes in proportion.
    """

    corpus: str
    classifier: Mapping[str, Any]
    space: Mapping[str, Range]
    metric: str = "macro_f1"
    text_column: str | None = None
    label_column: str | None = None
    limit: int | None = None

    @property
    def seed(self) -> int:
        """The seed of the trials, of the rows and of the search."""
        return int(self.classifier.get("seed", 0))

    @property
    def rows(self) -> Rows:
        """The rows that all trials learn from."""
        return Rows(self.corpus, self.text_column, self.label_column, self.limit, self.seed)

    def check(self) -> None:
        """Refuse wrong settings before a corpus is read.

        Raises:
            UsageError: If a name or setting cannot be used.
        """
        METRIC.check("metric", self.metric)
        if self.limit is not None:
            check_count("limit", self.limit)
        if self.classifier.get("architecture") not in list(architectures.ARCHITECTURES):
            raise UsageError(
                "설정을 찾을 신경망을 --model이나 --recipe로 지정하세요",
                "name the network whose settings are to be searched by --model or --recipe",
            )
        TextClassifier(**ClassifierSettings.of(self.classifier).values()).check()
        if self.classifier.get("multilabel"):
            raise no_several()
        if not self.space:
            raise UsageError(
                "찾을 설정이 남지 않았습니다. 정한 것을 빼거나 --space를 쓰세요",
                "no setting is left to search; fix fewer, or name some with --space",
            )
        checked(self.space, self.classifier)


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a search goes on.

    Attributes:
        trials: Trials in all, those before ``--resume`` included.
        minutes: Minutes of this call, ``None`` for no limit. A trial that is longer is stopped at
            the end of its epoch, once another is complete.
        jobs: Trials at once, each in a process of its own; one where it is ``None``, on Ray as
            many as it has processors but one.
        engine: ``"ray"`` trains them on a Ray cluster. What they read must lie at the same path
            on all its machines.
    """

    trials: int = 20
    minutes: float | None = None
    jobs: int | None = None
    engine: str | None = None

    def check(self) -> None:
        """Refuse numbers that cannot be used.

        Raises:
            UsageError: If there are any, or there is no such engine.
            RuntimeSetupError: If Ray is asked for and not installed.
        """
        check_count("trials", self.trials)
        executors.check(self.engine, self.jobs)
        valid = self.minutes is None or (is_number(self.minutes) and self.minutes > 0)
        check_setting("minutes", self.minutes, valid, "양수여야", "a positive number")


def no_several() -> UsageError:
    """Build the error for a search where a text may have several labels."""
    return UsageError(
        "글마다 라벨이 여럿인 자료에서는 아직 설정을 찾을 수 없습니다. multilabel을 빼세요",
        "settings cannot be searched yet where a text may have several labels; leave out "
        "multilabel",
    )


def config_of(
    corpus: str,
    classifier: Mapping[str, Any],
    given: Sequence[str] = (),
    space: Mapping[str, Range] | None = None,
    **rest: Any,
) -> SearchConfig:
    """Return a search around a classifier.

    Args:
        corpus: Name of a corpus, or path of a user's own.
        classifier: Arguments of ``TextClassifier``.
        given: Settings of it that are fixed, such as ``"architecture_options.units"``; the others
            are where the search begins.
        space: What is searched; by default what suits the network.
        **rest: Other attributes of :class:`SearchConfig`.

    Raises:
        UsageError: If there is no network of that name.
    """
    base = {"architecture": None} | dict(classifier)
    found: dict[str, Range] = dict(space or {})
    if space is None and base["architecture"] in list(architectures.ARCHITECTURES):
        found = {name: each for name, each in default_space(base).items() if name not in given}
    return SearchConfig(corpus, base, found, **rest)


def read_search(folder: Path) -> tuple[SearchConfig, str]:
    """Read what decides a search, and the fingerprint of its training split.

    Raises:
        DataError: If the folder is no search.
    """
    try:
        written = json.loads((folder / SEARCH).read_bytes())
        given = {each.name: written[each.name] for each in fields(SearchConfig)}
        given["space"] = {
            name: Range(**{**each, "choices": tuple(each["choices"])})
            for name, each in given["space"].items()
        }
        return SearchConfig(**given), written["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"'{folder}'은(는) 이어서 할 수 있는 찾기 폴더가 아닙니다 ({SEARCH}을 읽을 수 없음)",
            f"'{folder}' is not a search that can go on (no readable {SEARCH})",
        ) from error
