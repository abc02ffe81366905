"""``TextClassifier.fit`` where no network was named."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kosent.models.auto.automatic import Limits, Search
from kosent.models.auto.rows import Rows
from kosent.models.classifier import TextClassifier
from kosent.models.settings import ClassifierSettings
from kosent.models.steps import Lesson
from kosent.support.classes import check_labels, class_numbers, find_classes
from kosent.support.inputs import check_texts
from kosent.support.label_sets import learned_sets
from kosent.support.progress import Listener
from kosent.support.weights import check_weights

_FOLDER = "candidates"


def learn_automatically(
    given: ClassifierSettings, lesson: Lesson, folder: Path | None, listener: Listener
) -> dict[str, Any]:
    """Learn what a fitted classifier knows, whatever it is.

    Args:
        given: The settings, checked.
        lesson: Texts and labels, without targets.
        folder: The run folder, if there is one; what a killed run left there is gone on with.
        listener: Receives progress events.

    Returns:
        The attributes of a fitted classifier, by name.

    Raises:
        DataError: As ``TextClassifier.fit`` has it.
        RuntimeSetupError: If the disk refuses.
    """
    rows = _rows(lesson, given.multilabel)
    limits = Limits(given.minutes, given.size, given.speed)
    shared: dict[str, Any] = {"seed": given.seed, "cleaning": given.cleaning}
    with _workshop(folder) as place:
        found = Search(rows, limits, shared, place, listener).run()
    model = found.model
    learned = {
        "classes_": np.asarray(rows.labels),
        "thresholds_": model.thresholds_,
        "history_": [],
        "validation_": found.validation,
        "tried_": found.tried,
        "held_": found.held,
        "info_": model.info_,
    }
    if isinstance(model, TextClassifier):
        return learned | {"encoder_": model.encoder_, "trained_": model.trained_}
    return learned | {"ensemble_": model}


def _rows(lesson: Lesson, several: bool) -> Rows:
    """Check texts and labels."""
    texts = check_texts(lesson.texts)
    own = lesson.sample_weight
    weights = None if own is None else check_weights(own, len(texts))
    if several:
        found = learned_sets(lesson.labels, len(texts))
        numbers = np.zeros(len(texts), np.int32)
        return Rows(texts, numbers, found.classes.tolist(), weights, found.marks)
    listed = check_labels(lesson.labels, len(texts))
    classes = find_classes(listed)
    return Rows(texts, class_numbers(listed, classes), classes.tolist(), weights)


@contextmanager
def _workshop(folder: Path | None) -> Iterator[Path]:
    """Give a folder for what is trained on the way; one that nobody asked for is taken away."""
    if folder is not None:
        place = folder / _FOLDER
        place.mkdir(exist_ok=True)
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="kosent-") as name:
        yield Path(name)
