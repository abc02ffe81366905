"""What other linear candidates would gain ``auto`` where texts are few, on draws of training rows.

Each draw takes so many different texts of a training split, classes in proportion, and up to 2,500
others to score. The solved candidates, and others beside them, are judged by folds and chosen as
``auto`` does; texts that the packaged model knows neither judge nor score. No test split is read.

Run: ``KOSENT_DATA=... python bench/accuracy/few.py [--rows 200 1000] [--draws 0 1 2]``
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import kosent
from kosent.corpora import Corpus
from kosent.corpora.copies import first_copies
from kosent.evaluation.baselines import RIVALS
from kosent.metrics.report import report
from kosent.models.auto.choosing import Bounds, Judged, choose
from kosent.models.auto.judging import OneLabel
from kosent.models.auto.portfolio import PORTFOLIO, REVIEWS, Settings
from kosent.models.auto.rows import Facts, Rows, splits
from kosent.models.auto.solved import Last, Ngrams, Solved
from kosent.models.classifier import TextClassifier
from kosent.models.pretrained import packaged_path
from kosent.models.pretrained.seen import seen
from kosent.text.cleaning import preset_for

CORPORA = (
    *("sib200-ko", "finance", "korean-hate-speech", "chatbot", "stylekqc", "stylekqc-act"),
    *("kodoli", "kodoli-abuse", "kodoli-sentiment", "3i4k", "kobest-sentineg", "nsmc"),
)
SCORED = 2500
MOSTLY = 0.5  # share of known texts from which auto leaves the packaged model out
COMPARED = ("tfidf-characters-balanced", "svm-balanced", "nb-svm")
NO_BOUNDS = Bounds(float("inf"), float("inf"))
LINEAR = ("characters", "letters")
WORDS = {
    "architecture": "ngrams",
    "tokenizer": "whitespace",
    "vocabulary_size": 60_000,
    "max_length": 3000,
    "architecture_options": {"longest": 2},
}


class Way(NamedTuple):
    """Candidates to choose among: options of the linear ones, instead or beside; what is added."""

    options: Mapping[str, Any] = MappingProxyType({})
    beside: bool = False
    words: bool = False


WAYS = {
    "auto": Way(),
    "l2 1/32": Way({"l2": 2.0**-5}),
    "l2 1/128": Way({"l2": 2.0**-7}),
    "idf beside": Way({"weighting": "idf"}, beside=True),
    "words beside": Way(words=True),
}
Answers = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]  # held-out rows, scored texts


class Draw(NamedTuple):
    """Rows to learn from, and others to score."""

    rows: Rows
    texts: list[str]
    truth: npt.NDArray[np.int32]
    cleaning: str


def drawn(corpus: Corpus, count: int, number: int) -> Draw:
    """Draw so many different texts, two of each class at least."""
    texts, labels = corpus.train.texts, corpus.train.labels
    names = sorted(set(labels))
    order = np.random.default_rng(1000 + number).permutation(np.unique(first_copies(texts)))
    numbers = np.array([names.index(labels[row]) for row in order], np.int32)
    places = [np.flatnonzero(numbers == each) for each in range(len(names))]
    taken = np.concatenate([at[: max(2, round(count * len(at) / len(order)))] for at in places])
    rest = np.setdiff1d(np.arange(len(order)), taken)
    rest = np.random.default_rng(number).permutation(rest)[:SCORED]
    rows = Rows([texts[order[each]] for each in taken], numbers[taken], names)
    others = [texts[order[each]] for each in rest]
    return Draw(rows, others, numbers[rest], preset_for(corpus.language))


class Candidates:
    """The candidates of a draw, each solved once."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._known = seen(draw.rows.texts)
        copies = first_copies(draw.rows.texts)
        self._facts = Facts.of(draw.rows, copies)
        self._parts = splits(draw.rows, copies, self._facts, 0)
        self._solved: dict[str, Answers] = {}
        held = np.concatenate([part.held for part in self._parts])
        self._mostly_known = bool(self._known.mean() >= MOSTLY)
        self._judging = ~self._known[held] | self._mostly_known
        self._scoring = ~seen(draw.texts) | self._mostly_known
        chosen = draw.rows.numbers[held][self._judging]
        self._held = OneLabel(chosen, draw.rows.labels)

    def score(self, way: Way) -> float:
        """Return the macro F1 of what ``auto`` keeps of the candidates of a way."""
        found = [self._answers(*candidate) for candidate in self._of(way)]
        judged = [Judged("", held[self._judging], 1, 1.0) for held, _ in found]
        choice = choose(judged, self._held, NO_BOUNDS)
        members = [found[number][1] for number in choice.members]
        answer = self._held.combine(members, choice.weighting)
        return self.macro_f1(answer.argmax(axis=1))

    def _of(self, way: Way) -> Iterator[tuple[str, str, Settings]]:
        """Give name, kind and settings of the candidates of a way."""
        for entry in PORTFOLIO:
            if entry.kind == "network" or not entry.suits(self._facts):
                continue
            if entry.name == REVIEWS and self._mostly_known:
                continue
            settings = entry.settings(self._facts)
            is_changed = bool(way.options) and entry.name in LINEAR
            if way.beside or not is_changed:
                yield entry.name, entry.kind, settings
            if is_changed:
                options = {**settings["architecture_options"], **way.options}
                changed = {**settings, "architecture_options": options}
                yield f"{entry.name} {way.options}", entry.kind, changed
        if way.words:
            yield "words 1-2", "ngrams", WORDS

    def rival(self, name: str) -> float:
        """Return the macro F1 of a rival."""
        rows, rival = self._draw.rows, RIVALS[name]()
        names = [str(label) for label in rows.labels]
        rival.fit(rows.texts, [names[number] for number in rows.numbers])
        return self.macro_f1(
            np.array([names.index(each) for each in rival.predict(self._draw.texts)])
        )

    def macro_f1(self, predicted: npt.NDArray[Any]) -> float:
        """Return the macro F1 of class numbers ``(n,)``."""
        truth, found = self._draw.truth[self._scoring].tolist(), predicted[self._scoring].tolist()
        return report(truth, found, list(range(len(self._draw.rows.labels)))).macro_f1

    def _answers(self, name: str, kind: str, settings: Settings) -> Answers:
        if name not in self._solved:
            candidate = self._made(name, kind, dict(settings))
            held = [candidate.judge(part.learned, part.held) for part in self._parts]
            model = candidate.learn(
                {"rows": {}, "history": [], "validation": {}, "calibration": None}
            )
            self._solved[name] = np.concatenate(held), model.predict_proba(self._draw.texts)
        return self._solved[name]

    def _made(self, name: str, kind: str, settings: dict[str, Any]) -> Solved:
        rows = self._draw.rows
        if kind == "ngrams":
            return Ngrams({"seed": 0, "cleaning": self._draw.cleaning} | settings, rows)
        start = TextClassifier.load(packaged_path(settings["start"]))
        return Last(start, rows, 0, ~self._known if name == REVIEWS else None)


def table(found: Mapping[str, Mapping[str, Sequence[float]]], title: str) -> None:
    """Print the means of the draws, a corpus a row."""
    columns = [*WAYS, *COMPARED]
    print(f"\n| {title} | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    means = {
        name: {each: statistics.mean(row[each]) for each in columns} for name, row in found.items()
    }
    means["mean"] = {each: statistics.mean(row[each] for row in means.values()) for each in columns}
    for name, row in means.items():
        print(f"| {name} | {' | '.join(f'{row[each]:.4f}' for each in columns)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", nargs="+", default=CORPORA)
    parser.add_argument("--rows", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--draws", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_args()
    for count in given.rows:
        found: dict[str, dict[str, list[float]]] = {}
        for name in given.corpora:
            corpus = kosent.load_corpus(name)
            if 2 * count > len(corpus.train):  # too few are left to score
                continue
            scores: dict[str, list[float]] = defaultdict(list)
            found[name] = scores
            for number in given.draws:
                candidates = Candidates(drawn(corpus, count, number))
                for name_of_way, way in WAYS.items():
                    scores[name_of_way].append(candidates.score(way))
                for rival in COMPARED:
                    scores[rival].append(candidates.rival(rival))
        table(found, f"{count:,} rows")


if __name__ == "__main__":
    main()
