"""The steps of ``TextClassifier.fit`` where a text may have several labels, or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.metrics.multilabel import multilabel_report
from kosent.metrics.scores import logits, sigmoid
from kosent.models.continuing import Continuation
from kosent.models.held import HeldOut
from kosent.models.saving import parameters_as_data
from kosent.models.settings import ClassifierSettings, no_teacher, weight_by_number
from kosent.models.start import Start, read_start
from kosent.models.steps import Lesson, encode, train_network
from kosent.models.trained import Learned, Trained, design_of
from kosent.support.inputs import check_texts
from kosent.support.label_sets import LabelSets, read_sets, with_labels
from kosent.support.progress import Listener
from kosent.support.version import __version__
from kosent.support.weights import check_weights
from kosent.text.augmentation import drawing
from kosent.text.encoding.encoder import TextEncoder
from kosent.training.binary import pair_weights
from kosent.training.calibration import LAST_LAYER
from kosent.training.examples import Examples
from kosent.training.label_splits import split_sets
from kosent.training.splits import RULE, Part
from kosent.training.thresholds import (
    LabelCalibration,
    compared,
    fit_scaling,
    fit_thresholds,
    scaled,
)

if TYPE_CHECKING:
    from kosent.architectures.design import Architecture
    from kosent.metrics.report import Label


class Finished(NamedTuple):
    """A trained network, ready to predict.

    Attributes:
        trained: The network.
        validation: Its probabilities of the validation split, float32 ``(n, labels)``.
        thresholds: Probability from which on each label is given.
        calibration: What was done to the scores; ``None`` where nothing was asked for.
    """

    trained: Trained
    validation: npt.NDArray[np.float32]
    thresholds: npt.NDArray[np.float64]
    calibration: LabelCalibration | None


def learn_sets(
    given: ClassifierSettings,
    encoder: TextEncoder,
    lesson: Lesson,
    folder: Path | None,
    resume: bool,
    listener: Listener,
) -> dict[str, Any]:
    """Learn what a fitted classifier knows; arguments, result and errors are those of ``learn``.

    Raises:
        UsageError: Also if targets or texts without labels are given: nothing teaches several
            labels yet but the labels.
    """
    _refuse_targets(lesson)
    texts = check_texts(lesson.texts)
    found = read_sets(lesson.labels, len(texts))
    start = None if given.start is None else read_start(given.start)
    kept = 0.0 if start is None else start.kept(found.classes.tolist(), given)
    found, unmarked = _marked(found, start if kept else None, texts)
    names = found.classes.tolist()
    more = Continuation(start, names, given.transfer, kept, unmarked) if start else None
    weight = weight_by_number(given.class_weight, names)
    own = lesson.sample_weight
    weights = None if own is None else check_weights(own, len(texts))
    numbers = np.zeros(len(texts), np.int32)
    labelled = Part(texts, numbers, found.marks.astype(np.float32), weights)
    train, held = split_sets(given.of_split(), labelled)
    encoder, ids, held_ids = encode(
        encoder, train.texts, held.texts, folder, resume, listener, fitted=start is not None
    )
    settings = given.for_training(len(train.texts), weight)
    taken = {} if start is None else start.parameters_for(len(names), given.multilabel)
    parameters = parameters_as_data(given.values() | taken, encoder, names)
    design = design_of({"parameters": parameters}, encoder)
    draw = drawing(encoder, train.texts, ids, settings.seed, given.augment)
    check = Examples(held_ids, held.numbers, None, held.targets, held.weights, multilabel=True)
    examples = Examples(ids, train.numbers, draw, train.targets, train.weights, multilabel=True)
    learned = train_network(
        design, len(names), examples, check, settings, folder=folder, resume=resume,
        listener=listener, more=more,
    )  # fmt: skip
    finished = finish(
        design,
        learned,
        check,
        calibrate=bool(given.calibrate),
        class_weight=weight,
        int8=start is not None and start.int8,
    )
    truth = np.asarray(held.targets) > 0
    validation = multilabel_report(truth, finished.validation, finished.thresholds, names)
    calibration = finished.calibration
    return {
        "classes_": found.classes,
        "thresholds_": finished.thresholds.tolist(),
        "encoder_": encoder,
        "trained_": finished.trained,
        "history_": learned.history,
        "validation_": validation,
        "held_": HeldOut(np.asarray(held.rows), truth, finished.validation),
        **({} if learned.model is None else {"_model_": learned.model}),
        "info_": {
            "kosent_version": __version__,
            "parameters": parameters,
            "rows": {"train": len(train.texts), "validation": len(held.texts)},
            "split_rule": RULE,
            "history": learned.history,
            "validation": validation.to_dict(),
            "calibration": calibration.to_dict() if calibration else None,
            **({"start": learned.facts} if learned.facts else {}),
        },
    }


def _marked(
    found: LabelSets, start: Start | None, texts: list[str]
) -> tuple[LabelSets, list[Label]]:
    """Return the texts with the labels of a start as well, and those that it alone gave.

    Where the new texts do not know an old label, nobody has asked whether they have it: that none
    is marked with it is no answer. What the start says is.

    Args:
        found: The labels of the texts.
        start: What is kept to, if anything is.
        texts: The texts.
    """
    if start is None:
        return with_labels(found, []), []
    known: list[Label] = found.classes.tolist()
    unmarked = [label for label in start.labels if label not in known]
    found = with_labels(found, start.labels)
    if unmarked:
        names, said = found.classes.tolist(), start.marks(texts)
        for column, label in enumerate(start.labels):
            if label in unmarked:
                found.marks[:, names.index(label)] = said[:, column]
    return found, unmarked


def finish(
    design: Architecture,
    learned: Learned,
    check: Examples,
    *,
    calibrate: bool,
    class_weight: Any = None,
    int8: bool = False,
) -> Finished:
    """Write a network's ONNX form, calibrate it where asked, and fit the thresholds.

    Args:
        design: The network.
        learned: What training gave; slopes and shifts go into its Keras model too.
        check: The validation split.
        calibrate: Whether to fit slopes and shifts.
        class_weight: As in ``TrainingSettings``.
        int8: Reduce the weights to int8, and keep no others.
    """
    truth = np.asarray(check.targets)
    labels = truth.shape[1]
    trained = Trained.of(design, learned.weights, labels, int8=int8)
    before = trained.network.predict(check.texts)
    slopes, shifts = fit_scaling(before, truth, pair_weights(check, class_weight))
    if not calibrate:
        expected = sigmoid(logits(before) * slopes + shifts)
        thresholds = fit_thresholds(before, truth, check.weights, expected)
        return Finished(trained, before, thresholds, None)
    weights = scaled(learned.weights, slopes, shifts)
    if learned.model is not None:
        variables = {variable.path: variable for variable in learned.model.weights}
        for name in LAST_LAYER:
            variables[name].assign(weights[name])
    trained = Trained.of(design, weights, labels, int8=int8)
    after = trained.network.predict(check.texts)
    thresholds = fit_thresholds(after, truth, check.weights)
    return Finished(trained, after, thresholds, compared(slopes, shifts, truth, before, after))


def _refuse_targets(lesson: Lesson) -> None:
    if lesson.targets is not None or lesson.extra is not None:
        raise no_teacher()
