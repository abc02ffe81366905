"""Goes through all cells: those that are done are kept, the others trained, some at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from kosent.errors import KosentError, UsageError
from kosent.evaluation.bench import pages, systems, tasks
from kosent.evaluation.bench.cells import (
    TASK,
    Key,
    Result,
    folder_of,
    packed,
    read_cell,
    slug,
    write_cell,
)
from kosent.evaluation.bench.summary import Bench, Done, Failed, boards_of
from kosent.evaluation.bench.tasks import LISTS, MARKS, Question, Task
from kosent.evaluation.bench.work import code, trained_cell
from kosent.language import Message
from kosent.support import executors
from kosent.support.checks import check_count, check_setting, is_number
from kosent.support.executors import Crew
from kosent.support.files import write_file
from kosent.support.paths import user_path
from kosent.support.progress import Listener, Silent
from kosent.support.signed import to_json


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bench trains.

    Attributes:
        corpora: Names or paths of corpora, or names of ``tasks.LISTS``.
        systems: Rivals, recipes, ``"default"``, or ``"rivals"``; the usual ones when ``None``.
        rows: Rows to learn from, ``None`` for all; a curve where there are several.
        seeds: Seeds of the systems, and of the choice of fewer rows. A system without chance in it
            is trained once where it learns from all rows.
        minutes: A cell that takes longer is given up.
        ours: The system that is compared with the best rival; ``"default"`` if it is among them,
            else the first of kosent's.
        again: Systems to train anew, even where a cell is done.
        model2vec: The folder of model2vec's weights.
        limit: Use at most this many rows of each split, classes in proportion.
        split_seed: Seed of the test split that a corpus without one gets, and of the limit.
        text_column: Text column of users' own files; found by its name when ``None``.
        label_column: Label column, likewise.
    """

    corpora: Sequence[str]
    systems: Sequence[str] | None = None
    rows: Sequence[int | None] = (None,)
    seeds: Sequence[int] = (0,)
    minutes: float = 120
    ours: str | None = None
    again: Sequence[str] = ()
    model2vec: str | Path | None = None
    limit: int | None = None
    split_seed: int = 0
    text_column: str | None = None
    label_column: str | None = None

    def check(self) -> None:
        """Refuse wrong settings before a corpus is read.

        Raises:
            UsageError: If there are any.
        """
        for seed in (*self.seeds, self.split_seed):
            check_count("seed", seed, 0)
        for rows in self.rows:
            if rows is not None:
                check_count("rows", rows)
        if self.limit is not None:
            check_count("limit", self.limit)
        valid = is_number(self.minutes) and self.minutes > 0
        check_setting("minutes", self.minutes, valid, "양수여야", "a positive number")
        if not (self.corpora and self.rows and self.seeds):
            raise UsageError(
                "말뭉치, 줄 수, 시드는 하나 이상이어야 합니다", "name a corpus, rows and a seed"
            )

    def questions(self) -> list[Question]:
        """Return how each task is made."""
        names = [each for name in self.corpora for each in LISTS.get(name, (name,))]
        columns = self.text_column, self.label_column
        return [
            Question(name, self.limit, self.split_seed, *columns) for name in dict.fromkeys(names)
        ]


class _Cell(NamedTuple):
    key: Key
    weights: Path | None
    again: bool


def run_bench(
    plan: Plan,
    *,
    out: str | Path | None = None,
    jobs: int | None = None,
    engine: str | None = None,
    listener: Listener | None = None,
) -> Bench:
    """Train and score all systems on all corpora.

    Args:
        plan: What to train.
        out: Folder of the cells and tables. Cells that are there and of the same texts, settings
            and version are kept, so a bench that was killed goes on where it was.
        jobs: Cells at once; one where it is ``None``, on Ray as many as it has processors but one.
        engine: ``"ray"`` trains them on a Ray cluster. Corpora must lie at the same path on all
            its machines.
        listener: Receives progress events and notices.

    Returns:
        The figures. A cell that fails is noted there, and the others go on.

    Raises:
        UsageError: If a name or setting is wrong.
        DataError: If a corpus cannot be used.
        RuntimeSetupError: If the package of a rival that is named, or Ray where it is asked for,
            is missing, or the disk refuses.
        DownloadError: If a corpus has to be downloaded and cannot.
    """
    listener = listener or Silent()
    plan.check()
    executors.check(engine, jobs)
    weights = None if plan.model2vec is None else user_path(plan.model2vec)
    chosen = systems.chosen(plan.systems, weights, listener)
    _check_names(chosen)
    ours = _ours(plan, list(chosen))
    questions = plan.questions()
    prepared = [tasks.prepare(question, listener) for question in questions]
    bench = Bench(ours, (), ())
    with executors.opened(engine, jobs, listener) as executor, _folder(out) as folder:
        for question, task in zip(questions, prepared, strict=True):
            cells = _cells(plan, task, chosen, listener)
            job = _Job(question, task, plan.minutes * 60, Crew(executor))
            done, failed = _all(folder, job, cells, listener)
            boards = (*bench.boards, *boards_of(task, done, ours))
            bench = Bench(ours, boards, (*bench.failed, *failed))
            if out is not None:
                _write(folder, bench)
    return bench


class _Job(NamedTuple):
    question: Question
    task: Task
    patience: float  # seconds
    crew: Crew


def _all(
    folder: Path, job: _Job, cells: Sequence[_Cell], listener: Listener
) -> tuple[list[Done], list[Failed]]:
    """Go through the cells of a corpus."""
    task = job.task
    place = folder_of(folder, task.name, task.fingerprint)
    write_file(place / TASK, to_json(described(task)))
    listener.stage(task.name, len(cells))
    found: list[Done | Failed] = []

    def cell_of(cell: _Cell) -> Done | Failed:
        try:
            return Done(task.name, cell.key, _result(place, job, cell, listener))
        except KosentError as error:
            return _failed(task, cell.key, error, listener)

    for each in job.crew.map(cell_of, cells, listener):
        found.append(each)
        listener.advance(1)
    done = [each for each in found if isinstance(each, Done)]
    return done, [each for each in found if isinstance(each, Failed)]


def _write(folder: Path, bench: Bench) -> None:
    """Write the tables of what there is so far."""
    write_file(folder / "table.md", pages.markdown(bench).encode("utf-8", "replace"))
    write_file(folder / "bench.json", to_json(bench.to_dict()))
    drawn = pages.picture(bench)
    if drawn is not None:
        write_file(folder / "rows.png", drawn.png())


def described(task: Task) -> dict[str, Any]:
    """Return what comparing cells needs to know of a task, ready for JSON."""
    return {
        "corpus": task.name,
        "fingerprint": task.fingerprint,
        "made": task.made,
        "train_rows": len(task.corpus.train),
        "test_rows": len(task.test),
        "labels": task.names,
        "truth": packed(task.truth),
        "marks": {
            name: [row for row, marked in enumerate(find(task.corpus, task.test)) if marked]
            for name, find in MARKS.items()
        },
    }


def _cells(
    plan: Plan, task: Task, chosen: dict[str, Path | None], listener: Listener
) -> list[_Cell]:
    sizes: list[int | None] = []
    for rows in plan.rows:
        try:
            fits = rows is not None and rows < len(task.corpus.train)
            if fits:
                tasks.check_rows(task, rows or 0)
            sizes.append(rows if fits else None)
        except UsageError as error:
            listener.notice(error.message)
    cells = []
    for rows in dict.fromkeys(sizes):
        for name, weights in chosen.items():
            known = systems.identity(name, weights)
            all_alike = rows is None and not systems.is_seeded(name)
            for seed in plan.seeds[:1] if all_alike else plan.seeds:
                key = Key(name, rows, 0 if all_alike else seed, task.fingerprint, **known)
                cells.append(_Cell(key, weights, name in plan.again))
    return cells


def _result(folder: Path, job: _Job, cell: _Cell, listener: Listener) -> Result:
    """Return what a cell gives: read where it is done, else trained and written."""
    task = job.task
    found = None if cell.again else read_cell(folder, cell.key)
    if found is None:
        found = trained_cell(job.question, cell.key, cell.weights, job.patience, job.crew)
        write_cell(folder, cell.key, found)
        figures = f"macro F1 {found.macro_f1:.4f}, {found.train_seconds:.1f} s"
        line = f"{_title(task, cell.key)}: {figures}"
        listener.notice(Message(line, line))
    elif found.code != code() and not systems.is_rival(cell.key.system):
        title = _title(task, cell.key)
        listener.notice(
            Message(
                f"{title}: kosent의 다른 코드로 학습한 것입니다. 새로 하려면 --again",
                f"{title}: trained by other code of kosent; --again trains it anew",
            )
        )
    return found


def _failed(task: Task, key: Key, error: KosentError, listener: Listener) -> Failed:
    title = _title(task, key)
    listener.notice(Message(f"{title}: {error.korean}", f"{title}: {error.english}"))
    return Failed(task.name, key.system, key.rows, key.seed, error.message)


def _title(task: Task, key: Key) -> str:
    return f"{task.name} {key.system} {key.rows or 'all'} seed {key.seed}"


def _check_names(names: Iterable[str]) -> None:
    """Refuse two systems whose cells would be the same files."""
    files: dict[str, str] = {}
    for name in names:
        other = files.setdefault(slug(name), name)
        if other != name:
            raise UsageError(
                f"이름이 같은 시스템입니다: {other}, {name}. 파일 이름을 바꾸세요",
                f"two systems of one name: {other}, {name}; rename a file",
            )


def _ours(plan: Plan, names: Sequence[str]) -> str | None:
    if plan.ours is not None:
        if plan.ours not in names:
            raise UsageError(
                f"'{plan.ours}'은(는) 견줄 시스템에 없습니다: {', '.join(names)}",
                f"'{plan.ours}' is not among the systems: {', '.join(names)}",
            )
        return plan.ours
    own = [name for name in names if not systems.is_rival(name)]
    return systems.DEFAULT if systems.DEFAULT in own else next(iter(own), None)


@contextmanager
def _folder(out: str | Path | None) -> Iterator[Path]:
    if out is not None:
        yield user_path(out)
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)
