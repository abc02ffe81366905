"""The steps of ``TextClassifier.fit``, as functions of the classifier's arguments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent import architectures
from kosent.models.trained import Trained
from kosent.support.files import write_folder
from kosent.support.progress import Listener
from kosent.text.encoding import cache as token_cache
from kosent.text.encoding.encoder import EncodedTexts, TextEncoder
from kosent.training.calibration import LAST_LAYER, Calibration, divide_scores, fit_temperature

if TYPE_CHECKING:
    import keras

    from kosent.architectures.design import Architecture, Arrays
    from kosent.training.examples import Examples
    from kosent.training.history import Record
    from kosent.training.settings import TrainingSettings


class Learned(NamedTuple):
    """A trained network.

    Attributes:
        weights: Its weights by path.
        history: One record an epoch.
        model: The same in Keras, ``None`` where it was not needed.
    """

    weights: Arrays
    history: list[Record]
    model: keras.Model | None


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


def encode(
    new: TextEncoder,
    train: list[str],
    held: list[str],
    folder: Path | None,
    resume: bool,
    listener: Listener,
) -> tuple[TextEncoder, EncodedTexts, EncodedTexts]:
    """Fit the encoder on the training part only, and encode both parts.

    Args:
        new: The encoder to fit.
        train: Texts of the training part.
        held: Texts of the validation part.
        folder: The run folder, which keeps the fitted encoder.
        resume: Take the fitted encoder from there, where it is.
        listener: Receives progress events.
    """
    counter = _Counter(listener)
    listener.stage("encode", len(train) + len(held))
    kept = folder / "encoder" if folder else None
    if resume and kept and kept.is_dir():
        encoder = TextEncoder.from_files({p.name: p.read_bytes() for p in kept.iterdir()})
        encoded = token_cache.encode(encoder, train, counter)
    else:
        encoder, encoded = token_cache.fit_encode(new, train, counter)
        if kept:
            write_folder(kept, encoder.files())
    return encoder, encoded, token_cache.encode(encoder, held, _Counter(listener))


def train(
    design: Architecture,
    classes: int,
    learn: Examples,
    check: Examples,
    settings: TrainingSettings,
    *,
    folder: Path | None,
    resume: bool,
    listener: Listener,
) -> Learned:
    """Build the network and train it; see ``kosent.training.fit.fit``.

    A linear network is solved, which takes no epochs and leaves nothing to resume.
    """
    if architectures.solved(design.name, design.options):
        return _solve(design, classes, learn, check, settings, folder, listener)
    from kosent.training.checkpoints import arrays, by_path
    from kosent.training.cross_fitting import forget_cross_fitted, learn_ngram_scores
    from kosent.training.fit import fit, seeded

    with seeded(settings.seed):
        sizes = design.vocabulary_size, classes
        model = architectures.build(design.name, *sizes, **design.options)
        scored = architectures.scored(design.name)
        if scored:
            learn_ngram_scores(
                model, design.options, classes, learn, settings.class_weight, listener
            )
        history = fit(
            model, learn, check, settings, folder=folder, resume=resume, listener=listener
        )
        if scored:
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
    """
    from kosent.training.class_weights import row_weights

    trained = Trained.of(design, learned.weights, classes)
    before = trained.network.predict(check.texts)
    if not calibrate:
        return Finished(trained, before, None)
    temperature = fit_temperature(before, check.labels, row_weights(check.labels, class_weight))
    weights = divide_scores(learned.weights, temperature)
    if learned.model is not None:
        variables = {variable.path: variable for variable in learned.model.weights}
        for name in LAST_LAYER:
            variables[name].assign(weights[name])
    trained = Trained.of(design, weights, classes)
    after = trained.network.predict(check.texts)
    return Finished(trained, after, Calibration.of(temperature, check.labels, before, after))


class _Counter:
    """Turns the encoder's running count into steps for a listener."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.done = 0

    def __call__(self, done: int, total: int | None) -> None:  # noqa: ARG002
        self.listener.advance(done - self.done)
        self.done = done
