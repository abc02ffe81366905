"""What a classifier learns that starts from a saved model."""

from __future__ import annotations

import time
from pathlib import Path

from kosent.models.heads import features_of, last_layer
from kosent.models.start import Start
from kosent.models.trained import Learned
from kosent.support.progress import Listener
from kosent.training.class_weights import weights_of
from kosent.training.examples import Examples
from kosent.training.head import solve_head
from kosent.training.history import Record, write_history
from kosent.training.linear import figures_of, with_drawn
from kosent.training.settings import TrainingSettings


def continued(
    start: Start,
    classes: int,
    learn: Examples,
    check: Examples,
    settings: TrainingSettings,
    folder: Path | None,
    listener: Listener,
) -> Learned:
    """Solve the last layer anew and leave all others as they are; there is nothing to resume.

    Args:
        start: The model to start from.
        classes: Number of classes.
        learn: What to learn from; what it draws is learned once, beside the texts as they are.
        check: The validation split, which is only scored.
        settings: Class weights and seed.
        folder: The run folder, if there is one.
        listener: Receives progress events.
    """
    started = time.perf_counter()
    listener.stage("solve", 2)
    learn = with_drawn(learn)
    seen, held = (features_of(start.trained, [part.texts]) for part in (learn, check))
    listener.advance(1)
    weights = weights_of(learn, settings.class_weight)
    head = solve_head(
        seen, learn.labels, classes, weights, targets=learn.targets, seed=settings.seed
    )
    listener.advance(1)
    figures = figures_of(seen @ head.kernel + head.bias, learn.labels)
    held_figures = figures_of(held @ head.kernel + head.bias, check.labels)
    record: Record = {
        "epoch": 1,
        **figures,
        **{f"val_{name}": value for name, value in held_figures.items()},
        "seconds": round(time.perf_counter() - started, 3),
    }
    listener.epoch(record)
    if folder:
        write_history(folder, [record])
    trained = start.trained
    weights_by_path = trained.weights() | last_layer(trained, head.kernel, head.bias)
    facts = {"transfer": "head", "strength": head.strength}
    return Learned(weights_by_path, [record], None, facts)
