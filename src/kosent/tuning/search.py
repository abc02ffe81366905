"""A search of settings as a folder, which goes on after a kill.

::

    runs/20260101-120000-finance-tune/
      search.json      what was asked, complete: ``--resume`` needs nothing else
      trials.journal   Optuna's storage: every trial, as it goes
      trials.csv       the same as a table
      best.toml        the recipe of the best trial so far
"""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kosent.errors import DataError, KosentError, RuntimeSetupError, UsageError
from kosent.language import Message
from kosent.runs.config import located
from kosent.runs.folders import SEARCH, begun, locked
from kosent.runs.latest import RUNS_FOLDER, modified
from kosent.support import executors
from kosent.support.files import write_file
from kosent.support.packages import require
from kosent.support.paths import user_path
from kosent.support.plain import to_python
from kosent.support.progress import Listener, Silent
from kosent.support.signed import to_json
from kosent.text.cleaning import preset_for
from kosent.tuning.config import Budget, SearchConfig, read_search
from kosent.tuning.outcome import Trial, recipe, table
from kosent.tuning.space import arguments
from kosent.tuning.study import Objective, ended, opened
from kosent.tuning.worker import Rows, Trials

BEST = "best.toml"
TABLE = "trials.csv"
_WAIT = 0.2  # seconds between looks at a Ctrl-C that got lost


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    Attributes:
        folder: Its folder.
        recipe: The recipe of the best trial.
        best: That trial. It was chosen by its figure, which is therefore a little too high.
        trials: All trials that have ended, in the order of their numbers.
        seconds: Seconds of this call.
    """

    folder: Path
    recipe: Path
    best: Trial
    trials: tuple[Trial, ...]
    seconds: float


def search(
    config: SearchConfig,
    budget: Budget | None = None,
    *,
    folder: str | Path | None = None,
    listener: Listener | None = None,
) -> SearchResult:
    """Search settings on the validation split that is cut off the training split.

    Args:
        config: What to search.
        budget: How long.
        folder: The folder of the search; by default a new one below ``runs/``.
        listener: Receives progress events and notices.

    Raises:
        UsageError: If a setting is wrong, or the folder holds something already.
        DataError: If the corpus cannot be used, or no trial ended well.
        RuntimeSetupError: If Optuna, or Ray where it is asked for, is not installed, or the disk
            refuses.
        DownloadError: If the corpus has to be downloaded and cannot.
    """
    budget, listener = budget or Budget(), listener or Silent()
    check_installed()
    budget.check()
    config.check()
    with begun(folder, config.corpus, "tune") as target:
        corpus = config.rows.read(listener)
        cleaning = {"cleaning": preset_for(corpus.language)}
        place, classifier = located(config.corpus, cleaning | dict(config.classifier))
        config = replace(config, corpus=place, classifier=classifier)
        document = to_python(asdict(config)) | {"fingerprint": corpus.fingerprint}
        write_file(target / SEARCH, to_json(document))
        listener.notice(
            Message(
                f"'{target}'. 끊기면 이어서: kosent tune --resume '{target}'",
                f"'{target}'; if it is cut off: kosent tune --resume '{target}'",
            )
        )
        return _go_on(config, corpus.fingerprint, budget, target, listener)


def resume_search(
    folder: str | Path | None = None,
    budget: Budget | None = None,
    *,
    listener: Listener | None = None,
) -> SearchResult:
    """Go on with a search that was killed, or with one that is to have more trials.

    Trials that were going on are begun anew. The search itself goes on by what it has learned,
    not by the numbers that it would have drawn.

    Args:
        folder: Its folder; the newest below ``runs/`` when ``None``.
        budget: How long; the trials that have ended count.
        listener: Receives progress events and notices.

    Raises:
        UsageError: If there is none, or another process works in it.
        DataError: If the folder is no search, its corpus has changed, or no trial ended well.
        RuntimeSetupError: If Optuna is not installed, or the disk refuses.
    """
    budget, listener = budget or Budget(), listener or Silent()
    check_installed()
    budget.check()
    target = _newest() if folder is None else user_path(folder)
    config, fingerprint = read_search(target)
    with locked(target):
        if config.rows.read(listener).fingerprint != fingerprint:
            raise DataError(
                f"'{config.corpus}'의 내용이 그사이 바뀌었습니다. 처음부터 다시 찾으세요",
                f"'{config.corpus}' has changed since the search began; begin anew",
            )
        return _go_on(config, fingerprint, budget, target, listener)


def check_installed() -> None:
    """Refuse to begin without Optuna.

    Raises:
        RuntimeSetupError: If it is not installed.
    """
    try:
        require("optuna")
    except RuntimeSetupError as error:
        raise RuntimeSetupError(
            "Optuna가 설치되어 있지 않습니다: pip install 'kosent[tune]'",
            "Optuna is not installed: pip install 'kosent[tune]'",
        ) from error


def _newest() -> Path:
    found = sorted(RUNS_FOLDER.glob(f"*/{SEARCH}"), key=modified)
    if not found:
        raise UsageError(
            f"'{RUNS_FOLDER}'에 이어서 할 찾기가 없습니다", f"no search below '{RUNS_FOLDER}'"
        )
    return found[-1].parent


def _go_on(
    config: SearchConfig, fingerprint: str, budget: Budget, folder: Path, listener: Listener
) -> SearchResult:
    import optuna

    started = time.monotonic()
    deadline = None if budget.minutes is None else started + 60 * budget.minutes
    with _quiet(optuna):
        study = opened(config, folder)
        left = budget.trials - len(ended(study, config))
        listener.stage("trials", max(left, 0))
        if left > 0:
            with _workers(config.rows, fingerprint, budget, left, listener) as workers:
                write = partial(_write, folder, config)
                objective = Objective(config, _queue(workers), deadline, listener, write)
                _optimize(study, objective, workers, left, deadline, listener)
        trials = ended(study, config)
        best = _write(folder, config, trials)
    if best is None:
        reason = next((trial.reason for trial in trials if trial.reason), "-")
        raise DataError(
            f"끝까지 학습한 것이 없습니다 ({reason})", f"no trial ended well ({reason})"
        )
    seconds = time.monotonic() - started
    return SearchResult(folder, folder / BEST, best, tuple(trials), seconds)


def _optimize(
    study: Any,
    objective: Objective,
    workers: Sequence[Trials],
    left: int,
    deadline: float | None,
    listener: Listener,
) -> None:
    """Let Optuna work in threads. On Ctrl-C it would wait for its trials, which are ended here."""
    seconds = None if deadline is None else deadline - time.monotonic()
    pool = ThreadPoolExecutor(1)
    done = pool.submit(
        study.optimize,
        objective,
        n_trials=left,
        timeout=seconds,
        n_jobs=len(workers),
        catch=KosentError,
        callbacks=[objective.ended],
    )
    try:
        while not wait([done], _WAIT).done:
            listener.advance(0)
        done.result()
    except BaseException:
        objective.interrupt()
        for worker in workers:
            worker.interrupt()
        raise
    finally:
        pool.shutdown()


def _write(folder: Path, config: SearchConfig, trials: Sequence[Trial]) -> Trial | None:
    """Write the table and the recipe of the best trial so far; return that."""
    write_file(folder / TABLE, table(trials).encode("utf-8", "replace"))
    complete = [trial for trial in trials if trial.value is not None]
    if not complete:
        return None
    best = max(complete, key=lambda trial: trial.value or 0.0)
    chosen = {name: None if value == "none" else value for name, value in best.chosen.items()}
    text = recipe(
        f"kosent tune, {config.corpus}",
        config.corpus,
        arguments(config.classifier, chosen),
        f"trial {best.number} of {len(trials)}: {config.metric} {best.value:.4f} on validation",
    )
    write_file(folder / BEST, text.encode())
    return best


@contextmanager
def _workers(
    rows: Rows, fingerprint: str, budget: Budget, left: int, listener: Listener
) -> Iterator[list[Trials]]:
    with executors.opened(budget.engine, budget.jobs, listener, most=left) as executor:
        workers = [Trials(rows, fingerprint, executor) for _ in range(executor.jobs)]
        try:
            yield workers
        finally:
            for worker in workers:
                worker.close()


def _queue(workers: Sequence[Trials]) -> queue.SimpleQueue[Trials]:
    free: queue.SimpleQueue[Trials] = queue.SimpleQueue()
    for worker in workers:
        free.put(worker)
    return free


@contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Let Optuna log errors only: the listener is told every trial."""
    before: int = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
