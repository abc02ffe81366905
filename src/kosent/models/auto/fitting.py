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
from kosent.support.inputs import check_labels, check_texts, class_numbers, find_classes
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
    texts = check_texts(lesson.texts)
    listed = check_labels(lesson.labels, len(texts))
    classes = find_classes(listed)
    weights = lesson.sample_weight
    rows = Rows(
        texts,
        class_numbers(listed, classes),
        classes.tolist(),
        None if weights is None else check_weights(weights, len(texts)),
    )
    limits = Limits(given.minutes, given.size, given.speed)
    shared = {"seed": given.seed, "cleaning": given.cleaning}
    with _workshop(folder) as place:
        found = Search(rows, limits, shared, place, listener).run()
    model = found.model
    learned = {
        "classes_": np.asarray(classes),
        "history_": [],
        "validation_": found.validation,
        "tried_": found.tried,
        "held_": found.held,
        "info_": model.info_,
    }
    if isinstance(model, TextClassifier):
        return learned | {"encoder_": model.encoder_, "trained_": model.trained_}
    return learned | {"ensemble_": model}


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
