"""Optuna's part of a search: what a trial gets, when it is stopped, what is kept of it."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kosent.errors import KosentError
from kosent.language import Message
from kosent.runs.folders import TRIALS
from kosent.support.progress import Listener
from kosent.tuning.config import SearchConfig
from kosent.tuning.outcome import Trial
from kosent.tuning.space import arguments, first_guess
from kosent.tuning.worker import Outcome, Trials

if TYPE_CHECKING:
    import optuna

_STUDY = "kosent"
_OUTCOME, _REASON = "outcome", "reason"
_LEFT_ALONE = 4  # trials before the first can be stopped early
_WARM = 2  # the first epoch that can be a trial's last


class InterruptedSearch(Exception):  # noqa: N818 -- no error: somebody has had enough
    """Ends what Optuna does in other threads."""


class Objective:
    """What Optuna calls for each trial, and after it.

    Args:
        config: The search.
        workers: Processes that are free.
        deadline: When a trial is stopped at its next epoch, by ``time.monotonic``.
        listener: Is told each trial.
        write: Is given all trials that have ended.
    """

    def __init__(
        self,
        config: SearchConfig,
        workers: queue.SimpleQueue[Trials],
        deadline: float | None,
        listener: Listener,
        write: Callable[[Sequence[Trial]], object],
    ) -> None:
        self._config = config
        self._workers = workers
        self._deadline = deadline
        self._listener = listener
        self._write = write
        self._is_over = False

    def interrupt(self) -> None:
        """Let trials that end from now on be as if they had not been."""
        self._is_over = True

    def __call__(self, trial: optuna.Trial) -> float:
        """Train a trial and return its figure."""
        import optuna

        if self._is_over:
            raise InterruptedSearch
        worker = self._workers.get()
        try:
            chosen = {
                name: values.suggest(trial, name) for name, values in self._config.space.items()
            }
            outcome = worker.run(
                arguments(self._config.classifier, chosen), lambda record: self._on(trial, record)
            )
        except KosentError as error:
            if self._is_over:
                raise InterruptedSearch from error
            trial.set_user_attr(_REASON, str(error.message))
            raise
        finally:
            self._workers.put(worker)
        if outcome is None:
            raise optuna.TrialPruned
        trial.set_user_attr(_OUTCOME, asdict(outcome))
        return float(getattr(outcome, self._config.metric))

    def ended(self, study: optuna.Study, frozen: optuna.trial.FrozenTrial) -> None:
        """Tell a trial that has ended, and write what there is so far."""
        found = _trial(frozen, self._config)
        figure = found.reason if found.value is None else f"{self._config.metric} {found.value:.4f}"
        line = f"trial {found.number} {found.state}: {figure or ''} {_said(found.chosen)}"
        self._listener.notice(Message(line, line))
        self._listener.advance(1)
        self._write(ended(study, self._config))

    def _on(self, trial: optuna.Trial, record: Mapping[str, float]) -> bool:
        trial.report(record["val_accuracy"], int(record["epoch"]))
        late = self._deadline is not None and time.monotonic() > self._deadline
        return not (trial.should_prune() or (late and _any_complete(trial.study)))


def opened(config: SearchConfig, folder: Path) -> optuna.Study:
    """Open the study of a folder; trials that a killed process has left are begun anew."""
    import optuna
    from optuna.storages.journal import JournalFileBackend

    backend = JournalFileBackend(str(folder / TRIALS))
    storage = optuna.storages.JournalStorage(backend)
    study: optuna.Study = optuna.create_study(
        study_name=_STUDY,
        storage=storage,
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(_LEFT_ALONE, _WARM),
    )
    # By the trials so far, so that a search that goes on does not draw its first ones again.
    study.sampler = optuna.samplers.TPESampler(seed=config.seed + len(study.trials))
    if not study.trials:
        study.enqueue_trial(first_guess(config.space, config.classifier))
    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
        study.enqueue_trial(trial.params)
    return study


def _any_complete(study: optuna.Study) -> bool:
    import optuna

    return bool(study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,)))


def ended(study: optuna.Study, config: SearchConfig) -> list[Trial]:
    """Return the trials that have ended by themselves, not by the death of the search."""
    known = {"COMPLETE", "PRUNED"}
    return [
        _trial(trial, config)
        for trial in study.get_trials(deepcopy=False)
        if trial.state.name in known or _REASON in trial.user_attrs
    ]


def _trial(frozen: optuna.trial.FrozenTrial, config: SearchConfig) -> Trial:
    given = frozen.user_attrs.get(_OUTCOME)
    outcome = None if given is None else Outcome(**given)
    last = frozen.last_step
    accuracy = None if last is None else frozen.intermediate_values[last]
    seconds = None if frozen.duration is None else frozen.duration.total_seconds()
    states = {"COMPLETE": "complete", "PRUNED": "pruned"}
    return Trial(
        number=frozen.number,
        state=states.get(frozen.state.name, "failed"),
        value=None if outcome is None else float(getattr(outcome, config.metric)),
        accuracy=accuracy if outcome is None else outcome.accuracy,
        epochs=last if outcome is None else outcome.epochs,
        seconds=seconds if outcome is None else outcome.seconds,
        chosen=dict(frozen.params),
        reason=frozen.user_attrs.get(_REASON),
    )


def _said(chosen: Mapping[str, Any]) -> str:
    shown = (
        f"{name.rpartition('.')[2]}={value:.4g}"
        if isinstance(value, float)
        else f"{name.rpartition('.')[2]}={value}"
        for name, value in chosen.items()
    )
    return " ".join(shown)
