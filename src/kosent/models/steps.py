"""The steps of ``TextClassifier.fit``, as functions of the classifier's arguments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent import architectures
from kosent.models.continuing import Continuation
from kosent.models.held import HeldOut
from kosent.models.saving import parameters_as_data
from kosent.models.settings import ClassifierSettings, weight_by_number
from kosent.models.start import read_start
from kosent.models.trained import Learned, Trained, design_of
from kosent.prediction.estimator import report_of
from kosent.support.classes import check_labels, check_targets, class_numbers, find_classes
from kosent.support.files import write_folder
from kosent.support.forks import refuse_fork
from kosent.support.inputs import check_texts
from kosent.support.progress import Count, Listener
from kosent.support.version import __version__
from kosent.support.weights import check_weights
from kosent.text.augmentation import drawing
from kosent.text.encoding import cache as token_cache
from kosent.text.encoding.encoder import EncodedTexts, TextEncoder
from kosent.training.calibration import LAST_LAYER, Calibration, divide_scores, fit_temperature
from kosent.training.examples import Examples
from kosent.training.splits import RULE, Part, split, unlabelled

if TYPE_CHECKING:
    from kosent.architectures.design import Architecture
    from kosent.metrics.report import Labels
    from kosent.training.settings import TrainingSettings


class Finished(NamedTuple):
    """A trained network, ready to predict.

    Attributes:
        trained: The network.
        validation: Its probabilities of the validation split, float32 ``(n, classes)``.
        calibration: What the temperature did; ``None`` where none was asked for.
    """

    trained: Trained
    validation: npt.NDArray[np.float32]
    calibration: Calibration | None


class Lesson(NamedTuple):
    """What there is to learn, as a user handed it over; see ``TextClassifier.fit``."""

    texts: Sequence[str]
    labels: Labels
    targets: npt.ArrayLike | None
    extra: tuple[Sequence[str], npt.ArrayLike] | None
    sample_weight: npt.ArrayLike | None = None


class _Parts(NamedTuple):
    """What is learned, what decides, and how many rows each has."""

    train: Part
    held: Part
    rows: dict[str, int]


def learn(
    given: ClassifierSettings,
    encoder: TextEncoder,
    lesson: Lesson,
    folder: Path | None,
    resume: bool,
    listener: Listener,
) -> dict[str, Any]:
    """Learn what a fitted classifier knows.

    Args:
        given: The settings, checked.
        encoder: The encoder to fit.
        lesson: Texts and labels.
        folder: The run folder, if there is one.
        resume: Go on from what a killed run left there.
        listener: Receives progress events.

    Returns:
        The attributes of a fitted classifier, by name.

    Raises:
        DataError: As ``TextClassifier.fit`` has it.
        UsageError: If ``class_weight`` does not name the labels.
        RuntimeSetupError: If the disk refuses, or Java is missing for ``okt``.
    """
    if given.multilabel:
        from kosent.models.multilabel import learn_sets

        return learn_sets(given, encoder, lesson, folder, resume, listener)
    texts = check_texts(lesson.texts)
    listed = check_labels(lesson.labels, len(texts))
    start = None if given.start is None else read_start(given.start)
    kept = 0.0 if start is None else start.kept(listed, given)
    classes = find_classes([*listed, *start.labels] if start and kept else listed)
    names = classes.tolist()
    weight = weight_by_number(given.class_weight, names)
    if kept and weight is None:  # how many rows of a label are new says nothing of how many come
        weight = "balanced"
    parts = _parts(given, lesson, Part(texts, class_numbers(listed, classes)), len(names))
    train, held = parts.train, parts.held
    encoder, ids, held_ids = encode(
        encoder, train.texts, held.texts, folder, resume, listener, fitted=given.start is not None
    )
    settings = given.for_training(len(train.texts), weight)
    taken = {} if start is None else start.parameters_for(len(names), given.multilabel)
    parameters = parameters_as_data(given.values() | taken, encoder, names)
    design = design_of({"parameters": parameters}, encoder)
    draw = drawing(encoder, train.texts, ids, settings.seed, given.augment)
    check = Examples(held_ids, held.numbers, weights=held.weights)
    examples = Examples(ids, train.numbers, draw, train.targets, train.weights)
    more = Continuation(start, names, given.transfer, kept) if start else None
    learned = train_network(
        design, len(names), examples, check, settings, folder=folder, resume=resume,
        listener=listener, more=more,
    )  # fmt: skip
    finished = finish(
        design,
        learned,
        len(names),
        check,
        calibrate=bool(given.calibrate),
        class_weight=weight,
        int8=start is not None and start.int8,
    )
    validation = report_of(classes, classes[held.numbers].tolist(), finished.validation)
    calibration = finished.calibration
    return {
        "classes_": classes,
        "encoder_": encoder,
        "trained_": finished.trained,
        "history_": learned.history,
        "validation_": validation,
        "held_": HeldOut(np.asarray(held.rows), held.numbers, finished.validation),
        **({} if learned.model is None else {"_model_": learned.model}),
        "info_": {
            "kosent_version": __version__,
            "parameters": parameters,
            "rows": parts.rows,
            "split_rule": RULE,
            "history": learned.history,
            "validation": validation.to_dict(),
            "calibration": calibration.to_dict() if calibration else None,
            **({"start": learned.facts} if learned.facts else {}),
        },
    }


def _parts(given: ClassifierSettings, lesson: Lesson, labelled: Part, classes: int) -> _Parts:
    """Cut the validation split off, and add what has no labels."""
    if lesson.targets is not None:
        targets = check_targets(lesson.targets, len(labelled.texts), classes)
        labelled = labelled._replace(targets=targets)
    if lesson.sample_weight is not None:
        weights = check_weights(lesson.sample_weight, len(labelled.texts))
        labelled = labelled._replace(weights=weights)
    more = unlabelled(lesson.extra, classes) if lesson.extra is not None else None
    train, held = split(given.of_split(), labelled)
    rows = {"train": len(train.texts), "validation": len(held.texts)}
    if more is not None:
        train = train.followed_by(more, classes)
        rows["unlabelled"] = len(more.texts)
    return _Parts(train, held, rows)


def encode(
    new: TextEncoder,
    train: list[str],
    held: list[str],
    folder: Path | None,
    resume: bool,
    listener: Listener,
    *,
    fitted: bool = False,
) -> tuple[TextEncoder, EncodedTexts, EncodedTexts]:
    """Fit the encoder on the training part only, and encode both parts.

    Args:
        new: The encoder to fit.
        train: Texts of the training part.
        held: Texts of the validation part.
        folder: The run folder, which keeps the fitted encoder.
        resume: Take the fitted encoder from there, where it is.
        listener: Receives progress events.
        fitted: It is fitted already, by what its network learned from.
    """
    counter = Count(listener)
    listener.stage("encode", len(train) + len(held))
    kept = folder / "encoder" if folder else None
    if resume and kept and kept.is_dir():
        encoder = TextEncoder.from_files({p.name: p.read_bytes() for p in kept.iterdir()})
        encoded = token_cache.encode(encoder, train, counter)
    else:
        if fitted:
            encoder, encoded = new, token_cache.encode(new, train, counter)
        else:
            encoder, encoded = token_cache.fit_encode(new, train, counter)
        if kept:
            write_folder(kept, encoder.files())
    return encoder, encoded, token_cache.encode(encoder, held, Count(listener))


def train_network(
    design: Architecture,
    classes: int,
    learn: Examples,
    check: Examples,
    settings: TrainingSettings,
    *,
    folder: Path | None,
    resume: bool,
    listener: Listener,
    more: Continuation | None = None,
) -> Learned:
    """Build the network and train it; see ``kosent.training.fit.fit``. Or go on from a saved one.

    A linear network is solved, which takes no epochs and leaves nothing to resume.
    """
    if more is not None:
        return more.learn(learn, check, settings, folder=folder, resume=resume, listener=listener)
    trainer = architectures.trainer(design.name, design.options)
    if trainer == "solved":
        return _solve(design, classes, learn, check, settings, folder, listener)
    refuse_fork()
    from kosent.training.checkpoints import arrays, by_path
    from kosent.training.cross_fitting import forget_cross_fitted, learn_ngram_scores
    from kosent.training.fit import fit, seeded

    with seeded(settings.seed):
        sizes = design.vocabulary_size, classes, design.multilabel
        model = architectures.build(design.name, *sizes, **design.options)
        if trainer == "scored":
            learn_ngram_scores(
                model, design.options, classes, learn, settings.class_weight, listener
            )
        history = fit(
            model, learn, check, settings, folder=folder, resume=resume, listener=listener
        )
        if trainer == "scored":
            forget_cross_fitted(model)
    return Learned(arrays(by_path(model.weights)), history, model)


def _solve(
    design: Architecture,
    classes: int,
    learn: Examples,
    check: Examples,
    settings: TrainingSettings,
    folder: Path | None,
    listener: Listener,
) -> Learned:
    from kosent.training.history import write_history
    from kosent.training.linear import solve

    weights, history = solve(design.options, classes, learn, check, settings.class_weight, listener)
    if folder:
        write_history(folder, history)
    return Learned(weights, history, None)


def finish(
    design: Architecture,
    learned: Learned,
    classes: int,
    check: Examples,
    *,
    calibrate: bool,
    class_weight: Any = None,
    int8: bool = False,
) -> Finished:
    """Write a network's ONNX form, and calibrate it on the validation split where asked.

    Checkpoints are not touched: they hold the weights as they were learned.

    Args:
        design: The network.
        learned: What training gave; a temperature goes into its Keras model too.
        classes: Number of classes.
        check: The validation split.
        calibrate: Whether to fit a temperature.
        class_weight: As in ``TrainingSettings``.
        int8: Reduce the weights to int8, and keep no others.
    """
    from kosent.training.class_weights import weights_of

    trained = Trained.of(design, learned.weights, classes, int8=int8)
    before = trained.network.predict(check.texts)
    if not calibrate:
        return Finished(trained, before, None)
    temperature = fit_temperature(before, check.labels, weights_of(check, class_weight))
    weights = divide_scores(learned.weights, temperature)
    if learned.model is not None:
        variables = {variable.path: variable for variable in learned.model.weights}
        for name in LAST_LAYER:
            variables[name].assign(weights[name])
    trained = Trained.of(design, weights, classes, int8=int8)
    after = trained.network.predict(check.texts)
    return Finished(trained, after, Calibration.of(temperature, check.labels, before, after))
