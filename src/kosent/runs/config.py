"""What decides the training of an ensemble, and how it stands in a run folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kosent.bundles.ensemble import FEWEST_MEMBERS, MOST_MEMBERS
from kosent.errors import DataError, UsageError
from kosent.held_out import SPLIT_SETTINGS, split_settings
from kosent.runs.folders import CONFIG
from kosent.runs.run import RunConfig

MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class EnsembleConfig:
    """Everything that decides the training of an ensemble.

    Attributes:
        corpus: Name of a corpus, or path of a user's own.
        members: Arguments of ``TextClassifier`` of each member. The settings that decide the
            validation split are the same for all.
        text_column: Text column of a user's own file; found by its name when ``None``.
        label_column: Label column, likewise.
        limit: Use at most this many rows of each split, classes in proportion.
        order: Numbers of the members in the order of starting; as listed when empty.
    """

    corpus: str
    members: Sequence[dict[str, Any]]
    text_column: str | None = None
    label_column: str | None = None
    limit: int | None = None
    order: Sequence[int] = ()

    def run(self, number: int) -> RunConfig:
        """Return the run of a member."""
        return RunConfig(
            self.corpus,
            self.text_column,
            self.label_column,
            self.limit,
            classifier=self.members[number],
            score_test=False,
        )

    def check(self) -> None:
        """Refuse wrong settings before a corpus is read, a folder made or TensorFlow loaded.

        Raises:
            UsageError: If a name, setting or limit cannot be used.
        """
        if not FEWEST_MEMBERS <= len(self.members) <= MOST_MEMBERS:
            raise UsageError(
                f"앙상블에는 모델이 {FEWEST_MEMBERS}개에서 {MOST_MEMBERS}개까지 필요합니다: "
                f"{len(self.members)}개",
                f"an ensemble takes {FEWEST_MEMBERS} to {MOST_MEMBERS} models. "
                f"Received: {len(self.members)}",
            )
        numbers = range(len(self.members))
        for number in numbers:
            self.run(number).check()
        splits = [split_settings(self.run(number).classifier) for number in numbers]
        if splits.count(splits[0]) < len(splits):
            listed = ", ".join(SPLIT_SETTINGS)
            raise UsageError(
                f"모든 모델의 검증 자료가 같아야 합니다: {listed}",
                f"all members must hold out the same rows; give all the same {listed}",
            )
        if self.order and sorted(self.order) != list(numbers):
            raise UsageError(
                f"order에는 모든 모델의 번호가 한 번씩 있어야 합니다: {list(self.order)}",
                f"order must name every member once: {list(self.order)}",
            )


def read_config(folder: Path) -> tuple[EnsembleConfig, str]:
    """Read the configuration of an ensemble's run, and the fingerprint of its corpus.

    Raises:
        DataError: If the folder is no such run.
    """
    try:
        written = json.loads((folder / CONFIG).read_bytes())
        config = EnsembleConfig(
            **{each.name: written[each.name] for each in fields(EnsembleConfig)}
        )
        return config, written["corpus_fingerprint"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"'{folder}'은(는) 이어서 할 수 있는 학습 폴더가 아닙니다 ({CONFIG}을 읽을 수 없음)",
            f"'{folder}' is not a run that can be resumed (no readable {CONFIG})",
        ) from error


def is_ensemble_run(folder: str | Path) -> bool:
    """Tell whether a run folder is that of an ensemble."""
    try:
        return MEMBERS in json.loads((Path(folder) / CONFIG).read_bytes())
    except (OSError, ValueError, TypeError):
        return False
