"""What the cells of a bench say together: figures, and who wins by paired intervals.

Every interval is of the test texts: another training set or seed would move figures too, by what
``sd`` shows where there are several seeds. The best rival is chosen by the figures on the test
split that are compared, in its favour, so a tie with it is no proof of equality.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.evaluation.bench.cells import Key, Result
from kosent.evaluation.bench.systems import is_rival
from kosent.evaluation.bench.tasks import MARKS, Task
from kosent.metrics.bootstrap import Drawn, drawn, interval

Floats = npt.NDArray[np.float64]

METRICS = ("macro_f1", "accuracy")


class Done(NamedTuple):
    """A cell and what it gave."""

    corpus: str
    key: Key
    result: Result


@dataclass(frozen=True, slots=True)
class Failed:
    """A cell that gave nothing, and why."""

    corpus: str
    system: str
    rows: int | None
    seed: int
    reason: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure on the test split.

    Attributes:
        mean: Over the seeds.
        sd: Their standard deviation; ``None`` for one seed.
        low: Lower end of the 95 % interval of the mean, by resampling test texts.
        high: Its upper end.
    """

    mean: float
    sd: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Entry:
    """The figures of one system on one corpus.

    Attributes:
        system: Its name.
        seeds: Number of seeds.
        macro_f1: On the test split.
        accuracy: Likewise.
        train_seconds: Mean; as ``cells.Result`` has it.
        texts_per_second: Mean.
        size: Bytes, mean.
        without: For each mark of ``tasks.MARKS``, accuracy and macro F1 on the texts without it.
    """

    system: str
    seeds: int
    macro_f1: Figure
    accuracy: Figure
    train_seconds: float
    texts_per_second: float
    size: int
    without: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Versus:
    """A system against the best rival, text by text.

    Attributes:
        rival: The rival with the highest figure.
        difference: Our figure minus the rival's, each the mean over its seeds.
        low: Lower end of the paired 95 % interval, by resampling test texts.
        high: Its upper end.
        draws: The difference in each draw.
    """

    rival: str
    difference: float
    low: float
    high: float
    draws: Floats = field(repr=False, compare=False)

    @property
    def verdict(self) -> str:
        """``"win"``, ``"loss"``, or ``"tie"`` where the interval holds 0."""
        return "win" if self.low > 0 else "loss" if self.high < 0 else "tie"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        values = {"difference": self.difference, "low": self.low, "high": self.high}
        return {"rival": self.rival, **values, "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Board:
    """The figures of all systems on one corpus, the best macro F1 first.

    Attributes:
        corpus: Its name.
        rows: Rows asked for, ``None`` for all.
        train_rows: Rows learned from. kosent holds a part of them out, the rivals none.
        test_rows: Rows scored.
        made: How the test split was made; empty where it is the corpus' own.
        marked: Test texts by mark, as of ``tasks.MARKS``.
        families: Families of texts that were drawn as a whole; ``None`` where texts were.
        entries: One a system.
        versus: By metric; empty where there is no system of kosent or no rival.
    """

    corpus: str
    rows: int | None
    train_rows: int
    test_rows: int
    made: dict[str, Any]
    marked: dict[str, int]
    families: int | None
    entries: tuple[Entry, ...]
    versus: dict[str, Versus]

    def entry(self, system: str) -> Entry | None:
        """Return the figures of a system, ``None`` where it has none here."""
        return next((each for each in self.entries if each.system == system), None)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            **{name: getattr(self, name) for name in ("corpus", "rows", "train_rows", "test_rows")},
            "made": self.made,
            "marked": self.marked,
            "families": self.families,
            "entries": [asdict(each) for each in self.entries],
            "versus": {metric: each.to_dict() for metric, each in self.versus.items()},
        }


@dataclass(frozen=True, slots=True)
class Total:
    """All corpora together, for one metric and number of rows.

    Attributes:
        rows: Rows asked for, ``None`` for all.
        metric: One of ``METRICS``.
        corpora: Number of corpora on which there is something to compare.
        wins: Corpora on which ours is better beyond the interval.
        ties: Corpora whose interval holds 0.
        losses: Corpora on which the best rival is better beyond it.
        difference: Mean over the corpora of ours minus the best rival of each.
        low: Lower end of its 95 % interval.
        high: Its upper end.
    """

    rows: int | None
    metric: str
    corpora: int
    wins: int
    ties: int
    losses: int
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bench:
    """The figures of all systems on all corpora.

    Attributes:
        ours: The system that is compared with the best rival of each corpus, if there is one.
        boards: One a corpus and number of rows.
        failed: Cells that gave nothing.
    """

    ours: str | None
    boards: tuple[Board, ...]
    failed: tuple[Failed, ...]

    @property
    def sizes(self) -> list[int | None]:
        """The numbers of rows, all rows last."""
        return sorted({board.rows for board in self.boards}, key=lambda rows: (rows is None, rows))

    @property
    def systems(self) -> list[str]:
        """All systems, in the order of their first appearance."""
        return list(dict.fromkeys(e.system for board in self.boards for e in board.entries))

    def of(self, rows: int | None) -> list[Board]:
        """Return the boards of a number of rows."""
        return [board for board in self.boards if board.rows == rows]

    @property
    def totals(self) -> list[Total]:
        """Wins, ties, losses and mean difference, for each number of rows and metric."""
        found = []
        for rows in self.sizes:
            for metric in METRICS:
                compared = [each.versus[metric] for each in self.of(rows) if each.versus]
                if compared:
                    found.append(_total(rows, metric, compared))
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "ours": self.ours,
            "boards": [board.to_dict() for board in self.boards],
            "totals": [asdict(each) for each in self.totals],
            "failed": [asdict(each) for each in self.failed],
        }


def boards_of(task: Task, done: Iterable[Done], ours: str | None) -> list[Board]:
    """Return what the cells of a corpus say: a board for each number of rows.

    Args:
        task: The corpus.
        done: Its cells.
        ours: The system to compare with the best rival.
    """
    by_rows: dict[int | None, list[Done]] = {}
    for each in done:
        by_rows.setdefault(each.key.rows, []).append(each)
    return [_board(task, rows, cells, ours) for rows, cells in by_rows.items()]


def _board(task: Task, rows: int | None, cells: Sequence[Done], ours: str | None) -> Board:
    columns: dict[str, list[int]] = {}  # the cells of each system
    for number, cell in enumerate(cells):
        columns.setdefault(cell.key.system, []).append(number)
    predictions = [cell.result.predicted.astype(np.int32) for cell in cells]
    truth, classes = task.truth, len(task.names)
    seed = int(task.fingerprint[:8], 16)
    whole = drawn(truth, predictions, classes, seed=seed, families=task.families)
    marks = {name: np.array(find(task.corpus, task.test)) for name, find in MARKS.items()}
    marks = {name: marked for name, marked in marks.items() if marked.any() and not marked.all()}
    without = {
        name: drawn(truth[~marked], [each[~marked] for each in predictions], classes, draws=0)
        for name, marked in marks.items()
    }
    entries = [
        _entry(system, [cells[n].result for n in numbers], numbers, whole, without)
        for system, numbers in columns.items()
    ]
    entries.sort(key=lambda entry: -entry.macro_f1.mean)
    return Board(
        corpus=task.name,
        rows=rows,
        train_rows=cells[0].result.train_rows,
        test_rows=len(task.test),
        made=task.made,
        marked={name: int(marked.sum()) for name, marked in marks.items()},
        families=None if task.families is None else len(np.unique(task.families)),
        entries=tuple(entries),
        versus=_versus(whole, columns, ours),
    )


def _entry(
    system: str,
    results: Sequence[Result],
    numbers: list[int],
    whole: Drawn,
    without: dict[str, Drawn],
) -> Entry:
    def mean(name: str) -> float:
        return float(np.mean([getattr(result, name) for result in results]))

    return Entry(
        system=system,
        seeds=len(results),
        macro_f1=_figure(whole.macro_f1[:, numbers]),
        accuracy=_figure(whole.accuracy[:, numbers]),
        train_seconds=mean("train_seconds"),
        texts_per_second=mean("texts_per_second"),
        size=round(mean("size")),
        without={
            name: {metric: float(getattr(each, metric)[0, numbers].mean()) for metric in METRICS}
            for name, each in without.items()
        },
    )


def _figure(values: Floats) -> Figure:
    """Sum up ``(1 + B, seeds)``."""
    seeds = values[0]
    sd = float(seeds.std(ddof=1)) if len(seeds) > 1 else None
    return Figure(float(seeds.mean()), sd, *interval(values[1:].mean(axis=1)))


def _versus(whole: Drawn, columns: dict[str, list[int]], ours: str | None) -> dict[str, Versus]:
    rivals = [name for name in columns if is_rival(name) and name != ours]
    if ours not in columns or not rivals:
        return {}
    found = {}
    for metric in METRICS:
        values = getattr(whole, metric)
        means = {name: values[:, columns[name]].mean(axis=1) for name in (ours, *rivals)}
        best = max(rivals, key=lambda name: means[name][0])
        difference = means[ours] - means[best]  # (1 + B,)
        found[metric] = Versus(
            best, float(difference[0]), *interval(difference[1:]), draws=difference[1:]
        )
    return found


def _total(rows: int | None, metric: str, compared: Sequence[Versus]) -> Total:
    verdicts = [each.verdict for each in compared]
    low, high = interval(np.mean([each.draws for each in compared], axis=0))
    return Total(
        rows=rows,
        metric=metric,
        corpora=len(compared),
        wins=verdicts.count("win"),
        ties=verdicts.count("tie"),
        losses=verdicts.count("loss"),
        difference=float(np.mean([each.difference for each in compared])),
        low=low,
        high=high,
    )
