"""``auto`` from texts and labels to a model and the table of what was tried."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from copy import copy
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.corpora.copies import first_copies
from kosent.errors import DataError
from kosent.metrics.intervals import wilson
from kosent.models.auto import networks
from kosent.models.auto.choosing import Bounds, Choice, Judged, choose
from kosent.models.auto.judging import held_of
from kosent.models.auto.portfolio import REVIEWS, Entry, affordable, suiting
from kosent.models.auto.rows import Facts, Rows, Split, check_counted, fraction_for, splits
from kosent.models.auto.solved import Last, Ngrams, Solved
from kosent.models.classifier import TextClassifier
from kosent.models.ensemble import Ensemble, Scores
from kosent.models.ensemble_weights import Weighting
from kosent.models.heads import headed
from kosent.models.held import HeldOut
from kosent.models.pretrained import packaged_path
from kosent.models.pretrained.seen import seen
from kosent.support.processes import processors
from kosent.support.progress import Listener
from kosent.training.calibration import LAST_LAYER
from kosent.training.splits import RULE

Model = TextClassifier | Ensemble
Probabilities = npt.NDArray[np.float32]

_TIMED, _TIMES = 500, 3  # texts by which the speed of a candidate is measured, and how often
_MOSTLY = 0.5  # share of texts that a packaged model knows from which it is not judged by them
_MEGA = 1_000_000
# Share of held-out texts that a linear model has right from which they tell nothing: each has a
# sibling that is learned. Of StyleKQC, ten paraphrases a sentence, it is .999, and of sentences
# that are held out as a whole .92; without siblings blocks are as good as texts one by one.
_TOO_EASY = 0.99


@dataclass(frozen=True, slots=True)
class Limits:
    """What the model may cost.

    Attributes:
        minutes: Of training, on this machine's processors; ``None`` for one a 10,000 texts.
        size: Megabytes of the model.
        speed: Texts a second, at least, with all processors.
    """

    minutes: float | None
    size: float
    speed: float


@dataclass(frozen=True, slots=True)
class Tried:
    """What a candidate gave.

    Attributes:
        name: Its name in the portfolio.
        title: What it is, in Korean and English.
        macro_f1: On the held-out texts; ``None`` where it was not tried to its end.
        accuracy: Likewise.
        low: Lower end of Wilson's 95 % interval of the accuracy.
        high: Its upper end.
        loss: Mean negative log-likelihood of the held-out texts, in nats.
        seconds: What it took.
        size: Bytes of its saved model.
        speed: Texts a second.
        weight: What it weighs in the model; 0 where it is not in it.
        failure: Why there are no figures, in Korean and English.
    """

    name: str
    title: list[str]
    macro_f1: float | None = None
    accuracy: float | None = None
    low: float | None = None
    high: float | None = None
    loss: float | None = None
    seconds: float = 0.0
    size: int = 0
    speed: float = 0.0
    weight: float = 0.0
    failure: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What ``auto`` found.

    Attributes:
        model: The model.
        validation: What is to be expected of it: figures of the held-out texts.
        tried: One a candidate, the best first.
        facts: What was seen of the texts.
        held: What the held-out texts got.
    """

    model: Model
    validation: Scores
    tried: list[Tried]
    facts: Facts
    held: HeldOut


class Search:
    """One search for a model.

    Args:
        rows: The texts.
        limits: What the model may cost.
        settings: Settings of every candidate: seed and cleaning.
        folder: Where networks are trained; what a killed run left there is gone on with.
        listener: Receives progress events.
    """

    def __init__(
        self, rows: Rows, limits: Limits, settings: dict[str, Any], folder: Path, listener: Listener
    ) -> None:
        self.rows = rows
        self.limits = limits
        self.settings = settings
        self.seed: int = settings["seed"]
        self.kind = {"multilabel": rows.marks is not None}
        self.folder = folder
        self.listener = listener
        self.copies = first_copies(rows.texts)
        self.facts = Facts.of(rows, self.copies)
        self.known = seen(rows.texts)
        self._hold_out("random")
        self.models: dict[str, TextClassifier] = {}
        self.judged: list[Judged] = []
        self.tried: dict[str, Tried] = {}

    def _hold_out(self, which: str) -> None:
        """Hold texts out to judge by: random ones, or blocks that follow each other.

        Raises:
            DataError: If there are too few, or nothing on one side counts.
        """
        parts = splits(self.rows, self.copies, self.facts, self.seed, which)
        if self.known.mean() < _MOSTLY:
            parts = [Split(each.learned, each.held[~self.known[each.held]]) for each in parts]
        check_counted(self.rows, parts)
        self.which, self.splits = which, parts
        self.held = np.concatenate([split.held for split in parts])
        self.judge = held_of(self.rows, self.held)

    def run(self) -> Found:
        """Try, judge, choose and learn.

        Raises:
            DataError: If nothing was learned.
        """
        entries = self.entries()
        self.tried = {
            entry.name: Tried(entry.name, [entry.title.korean, entry.title.english])
            for entry in entries
        }
        self.listener.stage("auto", len(entries))
        solved = [entry for entry in entries if entry.kind != "network"]
        for entry in solved[:1]:  # a linear model, which also decides by what all are judged
            self._solve(entry)
        with networks.Trainings(self.folder, self._jobs(entries)) as trainings:
            for entry in solved[1:]:
                self._solve(entry)
            for outcome in trainings:
                self._take(outcome)
                self.listener.advance(1)
        if not self.judged:
            raise _nothing_learned(self.tried.values())
        self.listener.stage("weights", None)
        bounds = Bounds(self.limits.size * _MEGA, _MEGA / self.limits.speed)
        choice = choose(self.judged, self.judge, bounds)
        validation = self.judge.report(choice.probabilities)
        tried = self._table(choice)
        held = HeldOut(self.held, self.judge.truth, choice.probabilities.astype(np.float32))
        return Found(self._model(choice, validation, tried), validation, tried, self.facts, held)

    def entries(self) -> list[Entry]:
        """Return the candidates to try."""
        asked = self.limits.minutes is not None
        suited = [entry for entry in suiting(self.facts) if asked or not entry.asked]
        return affordable(suited, self.facts, self._seconds())

    def _seconds(self) -> float:
        """Return the seconds of processors that networks may take."""
        minutes = self.limits.minutes
        if minutes is None:
            minutes = max(self.facts.rows / 10_000, 0.5)
        return 60 * minutes * processors()

    def _jobs(self, entries: list[Entry]) -> list[networks.Job]:
        """Return the networks to train, and leave the texts for them, if there are any."""
        trained = [entry for entry in entries if entry.kind == "network"]
        if trained:
            (split,) = self.splits
            networks.write_rows(self.folder, self.rows, split)
        own = {"validation_fraction": fraction_for(self.facts), "validation": self.which}
        shared = self.settings | self.kind | own
        jobs = []
        for entry in trained:
            settings = {**shared, **entry.settings(self.facts)}
            if "start" in settings:  # it cleans as that does
                del settings["cleaning"]
            jobs.append(networks.Job(entry.name, settings, entry.seconds(self.facts)))
        return jobs

    def _solve(self, entry: Entry) -> None:
        """Judge a candidate that is solved, and learn it from all texts."""
        if entry.name == REVIEWS and self.known.mean() >= _MOSTLY:
            self.tried[entry.name] = replace(
                self.tried[entry.name],
                failure=[
                    "이 글 대부분을 이미 배운 모델이라 이 글로는 판단할 수 없습니다",
                    "it has learned most of these texts, and cannot be judged by them",
                ],
            )
            self.listener.advance(1)
            return
        began = time.perf_counter()
        settings = dict(entry.settings(self.facts))
        if entry.kind == "ngrams":
            candidate: Solved = Ngrams(self.settings | self.kind | settings, self.rows)
        else:
            start = TextClassifier.load(packaged_path(settings["start"]))
            fresh = ~self.known if entry.name == REVIEWS else None
            candidate = Last(start, self.rows, self.seed, fresh)
        probabilities = self._answers(candidate)
        if not self.judged and self._is_too_easy(probabilities):
            probabilities = self._answers(candidate)
        model = candidate.learn(self._remark(self.judge.report(probabilities)))
        model.thresholds_ = self.judge.thresholds(probabilities)
        self._note(entry.name, probabilities, model, time.perf_counter() - began)
        self.listener.advance(1)

    def _answers(self, candidate: Solved) -> Probabilities:
        parts = [candidate.judge(split.learned, split.held) for split in self.splits]
        return np.concatenate(parts)

    def _is_too_easy(self, probabilities: Probabilities) -> bool:
        """Tell whether the held-out texts tell nothing, and hold blocks out instead if so."""
        if self.judge.report(probabilities).accuracy <= _TOO_EASY:
            return False
        with suppress(DataError):  # there are too few that count: better judged by these
            self._hold_out("blocks")
        return self.which == "blocks"

    def _take(self, outcome: networks.Outcome) -> None:
        """Note what came of a network."""
        if outcome.model is None or outcome.held is None:
            self.tried[outcome.name] = replace(
                self.tried[outcome.name],
                seconds=outcome.seconds,
                failure=[str(outcome.failure)] * 2,
            )
            return
        model = TextClassifier.load(outcome.model)
        self._note(outcome.name, outcome.held, model, outcome.seconds)

    def _note(
        self, name: str, probabilities: Probabilities, model: TextClassifier, seconds: float
    ) -> None:
        scores = self.judge.report(probabilities)
        low, high = wilson(scores.accuracy, scores.rows)
        size, microseconds = len(model.to_bytes()), self._timed(model)
        self.models[name] = model
        self.judged.append(Judged(name, probabilities, size, microseconds))
        self.tried[name] = replace(
            self.tried[name],
            macro_f1=scores.macro_f1,
            accuracy=scores.accuracy,
            low=low,
            high=high,
            loss=self.judge.loss(probabilities),
            seconds=seconds,
            size=size,
            speed=_MEGA / microseconds,
        )

    def _timed(self, model: TextClassifier) -> float:
        """Return the microseconds that a text takes a model with all processors.

        Seconds of processors are counted, not those of a clock: other work on a machine must not
        decide which members are too slow.
        """
        texts = self.rows.texts[:_TIMED]
        fastest = min(_seconds_of(model, texts) for _ in range(_TIMES))
        return _MEGA * fastest / len(texts) / processors()

    def _remark(self, scores: Scores) -> dict[str, Any]:
        """Return what a member that learned from all texts says of itself."""
        return {
            "rows": {"train": self.facts.rows, "validation": len(self.held)},
            "split_rule": RULE,
            "history": [],
            "validation": scores.to_dict(),
            "calibration": None,
        }

    def _table(self, choice: Choice) -> list[Tried]:
        """Return what was tried, the best first."""
        for number, weight in zip(choice.members, choice.weighting.weights, strict=True):
            name = self.judged[number].name
            self.tried[name] = replace(self.tried[name], weight=weight)
        missing = float("inf")
        return sorted(
            self.tried.values(), key=lambda each: missing if each.loss is None else each.loss
        )

    def _model(self, choice: Choice, validation: Scores, tried: list[Tried]) -> Model:
        members = [self.models[self.judged[number].name] for number in choice.members]
        facts = {
            "auto": {
                "facts": asdict(self.facts),
                "folds": len(self.splits),
                "validation": self.which,
                "limits": asdict(self.limits),
                "settings": self.settings | self.kind,
                "lift": choice.lift,
                "tried": [asdict(each) for each in tried],
            },
            "rows": {"train": self.facts.rows, "validation": len(self.held)},
        }
        if len(members) > 1:
            return Ensemble.weighted(
                members, choice.weighting, validation, facts, choice.thresholds
            )
        model = rescaled(members[0], choice.weighting)
        model.thresholds_ = choice.thresholds
        model.validation_ = validation
        model.info_ = model.info_ | facts | {"validation": validation.to_dict()}
        return model


def _nothing_learned(tried: Iterable[Tried]) -> DataError:
    korean, english = (
        "; ".join(f"{each.name}: {each.failure[place]}" for each in tried if each.failure)
        for place in (0, 1)
    )
    return DataError(f"배운 모델이 없습니다 ({korean})", f"nothing was learned ({english})")


def rescaled(classifier: TextClassifier, weighting: Weighting) -> TextClassifier:
    """Return a classifier with its scores multiplied and moved, as an ensemble of it alone.

    Args:
        classifier: A classifier with a score for each class.
        weighting: One weight, and a bias a class.
    """
    trained = classifier.trained_
    weights = trained.weights()
    kernel, bias = (weights[name] for name in LAST_LAYER)
    (scale,) = weighting.weights
    other = copy(classifier)
    moved = np.asarray(weighting.bias, np.float32)
    other.trained_ = headed(trained, kernel * np.float32(scale), bias * np.float32(scale) + moved)
    return other


def _seconds_of(model: TextClassifier, texts: list[str]) -> float:
    began = time.process_time()
    model.predict_proba(texts)
    return max(time.process_time() - began, 1e-6)
