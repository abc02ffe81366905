"""What a classifier learns that starts from a saved model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kosent import architectures
from kosent.architectures.design import Architecture
from kosent.models.heads import Floats, design_for, features_of, grown, last_layer
from kosent.models.start import Start
from kosent.models.trained import Learned
from kosent.support.forks import refuse_fork
from kosent.support.progress import Listener
from kosent.training.binary import pair_weights
from kosent.training.calibration import LAST_LAYER
from kosent.training.class_weights import weights_of
from kosent.training.examples import Examples
from kosent.training.head import Head, solve_head
from kosent.training.history import Record, write_history
from kosent.training.label_head import solve_label_head
from kosent.training.linear import figures_of, with_drawn
from kosent.training.settings import TrainingSettings

if TYPE_CHECKING:
    from kosent.metrics.report import Label
    from kosent.training.remembering import Memory


@dataclass(frozen=True, slots=True)
class Continuation:
    """How a classifier goes on from a saved model.

    Attributes:
        start: The saved model.
        classes: The labels of the classifier, in the order of its columns.
        transfer: What is learned: the last layer, ``"head"``, or ``"all"`` weights.
        kept: What keeping to the start's answers counts, 0 where its labels are forgotten.
        unmarked: Labels that the start alone gave the texts, where a text may have several.
    """

    start: Start
    classes: Sequence[Label]
    transfer: str
    kept: float
    unmarked: Sequence[Label] = ()

    def learn(
        self,
        learn: Examples,
        check: Examples,
        settings: TrainingSettings,
        *,
        folder: Path | None,
        resume: bool,
        listener: Listener,
    ) -> Learned:
        """Solve the last layer; where all weights are learned, train all from there on.

        Args:
            learn: What to learn from.
            check: The validation split.
            settings: Class weights, seed, and what Keras' ``fit`` takes.
            folder: The run folder, if there is one.
            resume: Go on from the newest checkpoint there.
            listener: Receives progress events.
        """
        if self.transfer == "head":
            return self._solve(learn, check, settings, folder, listener)
        return self._train(learn, check, settings, folder, resume, listener)

    def _solve(
        self,
        learn: Examples,
        check: Examples,
        settings: TrainingSettings,
        folder: Path | None,
        listener: Listener,
    ) -> Learned:
        """Solve the last layer and leave all others as they are; there is nothing to resume."""
        started = time.perf_counter()
        head, seen, learned = self._head(learn, settings, listener)
        trained = self.start.trained
        held = features_of(trained, [check.texts])
        figures = figures_of(seen @ head.kernel + head.bias, learned)
        held_figures = figures_of(held @ head.kernel + head.bias, check)
        record: Record = {
            "epoch": 1,
            **figures,
            **{f"val_{name}": value for name, value in held_figures.items()},
            "seconds": round(time.perf_counter() - started, 3),
        }
        listener.epoch(record)
        if folder:
            write_history(folder, [record])
        weights = trained.weights() | last_layer(self._design(learn), head.kernel, head.bias)
        return Learned(weights, [record], None, self._facts(strength=head.strength))

    def _head(
        self, learn: Examples, settings: TrainingSettings, listener: Listener
    ) -> tuple[Head, Floats, Examples]:
        """Return a last layer, the features it was solved on, and what has them.

        What the texts draw is learned once, beside the texts as they are.
        """
        listener.stage("solve", 2)
        learn = with_drawn(learn)
        seen = features_of(self.start.trained, [learn.texts])
        listener.advance(1)
        seed, by_class = settings.seed, settings.class_weight
        if learn.multilabel:
            marks = np.asarray(learn.targets) > 0
            head = solve_label_head(seen, marks, pair_weights(learn, by_class), seed=seed)
        else:
            counts, size = weights_of(learn, by_class), len(self.classes)
            head = solve_head(seen, learn.labels, size, counts, targets=learn.targets, seed=seed)
        listener.advance(1)
        return head, seen, learn

    def _train(
        self,
        learn: Examples,
        check: Examples,
        settings: TrainingSettings,
        folder: Path | None,
        resume: bool,
        listener: Listener,
    ) -> Learned:
        """Train all weights, but the scores of n-grams.

        With a new last layer of random weights, the first steps would spoil what the others know:
        where the old one does not stay, it is solved first (Kumar et al. 2022, "Fine-Tuning can
        Distort Pretrained Features and Underperform Out-of-Distribution").
        """
        refuse_fork()
        from kosent.training.checkpoints import arrays, assign, by_path
        from kosent.training.fit import fit, seeded

        trained, design = self.start.trained, self._design(learn)
        memory = self._memory(learn) if self.kept else None
        with seeded(settings.seed):
            sizes = design.vocabulary_size, len(self.classes), design.multilabel
            model = architectures.build(design.name, *sizes, **design.options)
            variables = by_path(model.weights)
            if memory is None:
                head, _, _ = self._head(learn, settings, listener)
                layer = head.kernel, head.bias
            else:
                layer = grown(trained, memory.columns, self._fresh(settings.seed))
            assign(variables, trained.weights() | last_layer(design, *layer))
            history = fit(
                model,
                learn,
                check,
                settings,
                folder=folder,
                resume=resume,
                listener=listener,
                memory=memory,
            )
        built = None if self.start.int8 else model
        return Learned(arrays(variables), history, built, self._facts(keep=self.kept))

    def _memory(self, learn: Examples) -> Memory:
        """Return what the start says of the training texts."""
        from kosent.training.remembering import Memory

        names = list(self.classes)
        columns = [names.index(label) for label in self.start.labels]
        said = self.start.trained.network.predict(learn.texts)
        return Memory(said, columns, self.kept, learn.multilabel)

    def _design(self, learn: Examples) -> Architecture:
        return design_for(self.start.trained, len(self.classes), learn.multilabel)

    def _fresh(self, seed: int) -> tuple[Floats, Floats]:
        """Return a last layer that learned nothing, as Keras draws one (Glorot and Bengio 2010)."""
        trained, classes = self.start.trained, len(self.classes)
        features = trained.weights()[LAST_LAYER[0]].shape[0]
        limit = np.sqrt(6 / (features + classes))
        kernel = np.random.default_rng(seed).uniform(-limit, limit, (features, classes))
        return kernel.astype(np.float32), np.zeros(classes, np.float32)

    def _facts(self, **more: Any) -> dict[str, Any]:
        unmarked = {"unmarked": list(self.unmarked)} if self.unmarked else {}
        return {**self.start.facts, "transfer": self.transfer, **more, **unmarked}
