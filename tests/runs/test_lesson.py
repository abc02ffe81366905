"""The file of what a teacher said: it gives back just that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kosent.runs.lesson import Lesson, Targets

TEXTS = ["새로운 글", "", "줄\n바꿈과 \t탭", "🙂 글"]


def said(rows: int, classes: int = 3) -> Targets:
    """Return probabilities that no decimal has."""
    drawn = np.random.default_rng(rows).dirichlet(np.ones(classes), rows)
    return drawn.astype(np.float32)


@pytest.mark.parametrize(
    "lesson",
    [
        Lesson(said(5), (TEXTS, said(4)), {"teacher": {"model": "앙상블", "share": 0.5}}),
        Lesson(said(2), None, {"teacher": {}}),
        Lesson(None, (TEXTS[:1], said(1)), {}),
    ],
    ids=["both", "training texts", "texts without labels"],
)
def test_it_comes_back_to_the_bit(lesson: Lesson, tmp_path: Path) -> None:
    lesson.save(tmp_path / "teacher.parquet")
    found = Lesson.load(tmp_path / "teacher.parquet")
    assert found.facts == lesson.facts
    assert (found.extra or ([], None))[0] == (lesson.extra or ([], None))[0]
    pairs = [(found.targets, lesson.targets)]
    if lesson.extra is not None and found.extra is not None:
        pairs.append((found.extra[1], lesson.extra[1]))
    for one, other in pairs:
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert one.dtype == np.float32
            np.testing.assert_array_equal(one, other)
    assert [path.name for path in tmp_path.iterdir()] == ["teacher.parquet"]
