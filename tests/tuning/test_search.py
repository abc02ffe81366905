"""A search: what it leaves, what it stops early, how it goes on, and what it never looks at."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from kosent import TextClassifier, corpora
from kosent.corpora import Corpus
from kosent.errors import DataError, RuntimeSetupError, UsageError
from kosent.recipes import Recipe, load_recipe
from kosent.support import executors
from kosent.support.executors import Local, Work
from kosent.support.progress import Noting, Silent
from kosent.tuning.config import Budget, SearchConfig, config_of, read_search
from kosent.tuning.search import resume_search, search
from kosent.tuning.space import Range
from kosent.tuning.study import Objective, ended, opened
from kosent.tuning.worker import Outcome, Rows, Trials

TINY = {
    "architecture": "ngrams",
    "architecture_options": {"buckets": 64, "longest": 3},
    "tokenizer": "character",
}
STEPPED = {
    "architecture": "gru",
    "architecture_options": {"embedding_size": 4, "units": 2},
    "tokenizer": "character",
    "epochs": 3,
    "patience": 3,
}
SPACE = {"architecture_options.l2": Range(0.01, 0.9, log=True)}


def tiny(**rest: Any) -> SearchConfig:
    return config_of("sample", TINY, space=SPACE, limit=150, **rest)


def test_it_leaves_a_recipe_and_a_table(tmp_path: Path) -> None:
    listener = Noting(Silent())
    found = search(tiny(), Budget(3), folder=tmp_path / "run", listener=listener)
    assert [trial.state for trial in found.trials] == ["complete"] * 3
    assert found.trials[0].chosen == {"architecture_options.l2": 0.125}  # the default first
    assert found.best.value == max(trial.value or 0 for trial in found.trials)
    recipe = load_recipe(str(found.recipe))
    assert isinstance(recipe, Recipe)
    assert recipe.corpus == "sample"
    assert recipe.classifier["architecture_options"] == {
        "buckets": 64,
        "longest": 3,
        "l2": found.best.chosen["architecture_options.l2"],
    }
    train = found_rows(150)
    again = TextClassifier(**recipe.classifier).fit(train.texts, train.labels)
    assert again.validation_.macro_f1 == found.best.value
    lines = (tmp_path / "run" / "trials.csv").read_text().splitlines()
    assert len(lines) == 4
    assert any("kosent tune --resume" in notice for notice in listener.notices)
    more = resume_search(tmp_path / "run", Budget(4))
    assert [trial.number for trial in more.trials] == [0, 1, 2, 3]
    assert len({str(trial.chosen) for trial in more.trials}) == 4  # not the first ones again
    same = resume_search(tmp_path / "run", Budget(2))
    assert same.trials == more.trials
    with pytest.raises(UsageError, match="is not empty"):
        search(tiny(), Budget(1), folder=tmp_path / "run")


def found_rows(limit: int) -> Any:
    return Rows("sample", limit=limit).train(Silent())


def test_a_seed_gives_the_same_search(tmp_path: Path) -> None:
    first, second, other = (
        search(
            config_of("sample", {**TINY, "seed": seed}, space=SPACE, limit=100),
            Budget(2),
            folder=tmp_path / str(number),
        )
        for number, seed in enumerate((1, 1, 2))
    )
    assert [t.chosen for t in first.trials] == [t.chosen for t in second.trials]
    assert [t.value for t in first.trials] == [t.value for t in second.trials]
    assert first.trials[1].chosen != other.trials[1].chosen


class Untouchable:
    """A test split that nobody may look at."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"the test split was asked for {name}")

    def __bool__(self) -> bool:
        raise AssertionError("the test split was looked at")

    def __len__(self) -> int:
        raise AssertionError("the test split was counted")


def test_the_test_split_is_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = corpora.load_corpus("sample")
    split: Any = Untouchable()
    guarded = Corpus(whole.name, whole.language, whole.train, split)
    monkeypatch.setattr(corpora, "load", lambda *_, **__: guarded)
    rows = Rows("sample", limit=100)
    assert rows.read(Silent()).test is None
    assert len(rows.train(Silent())) == 100


def test_labels_of_the_test_split_change_nothing(tmp_path: Path) -> None:
    """A training would refuse these: none of the test split's labels is learned."""
    lines = [f"{'좋은' if n % 2 else '나쁜'} 글 {n},{n % 2}" for n in range(80)]
    (tmp_path / "train.csv").write_text("\n".join(["text,label", *lines]))
    figures = []
    for label in ("x", "0"):
        (tmp_path / "test.csv").write_text(f"text,label\n아무 글,{label}\n")
        config = config_of(str(tmp_path), TINY, space=SPACE)
        found = search(config, Budget(2), folder=tmp_path / f"run-{label}")
        figures.append([trial.value for trial in found.trials])
        (tmp_path / "test.csv").unlink()
    assert figures[0] == figures[1]


def test_a_worker_stops_where_it_is_told_and_works_on() -> None:
    rows = Rows("sample", limit=100)
    worker = Trials(rows, rows.read(Silent()).fingerprint, Local())
    seen: list[float] = []

    def goes_on(record: Mapping[str, float]) -> bool:
        seen.append(record["epoch"])
        return len(seen) != 2

    try:
        assert worker.run(STEPPED, goes_on) is None
        assert seen == [1, 2]
        outcome = worker.run(STEPPED, lambda _: True)
        assert outcome is not None
        assert outcome.epochs == 3
        with pytest.raises(UsageError, match="units must be"):
            worker.run({**STEPPED, "architecture_options": {"units": 0}}, lambda _: True)
        assert worker.run(TINY, lambda _: True) is not None
        worker._worker._process.kill()
        with pytest.raises(RuntimeSetupError, match="its process has died"):
            worker.run(TINY, lambda _: True)
        assert worker.run(TINY, lambda _: True) is not None
    finally:
        worker.close()


class Scripted:
    """A worker whose trials go as they are told: epochs of a validation accuracy."""

    def __init__(self, *accuracies: float) -> None:
        self.accuracies = list(accuracies)

    def run(self, _: Any, goes_on: Callable[[Mapping[str, float]], bool]) -> Outcome | None:
        accuracy = self.accuracies.pop(0)
        for epoch in range(1, 5):
            if not goes_on({"epoch": epoch, "val_accuracy": accuracy}):
                return None
        if accuracy == 0:
            raise DataError("안 됨", "did not work")
        return Outcome(accuracy, accuracy, 4, 1.0)


def scripted(
    folder: Path, accuracies: tuple[float, ...], deadline: float | None = None
) -> list[Any]:
    config = tiny()
    study = opened(config, folder)
    workers: Any = queue.SimpleQueue()
    workers.put(Scripted(*accuracies))
    objective = Objective(config, workers, deadline, Silent(), lambda _: None)
    study.optimize(objective, len(accuracies), catch=DataError, callbacks=[objective.ended])
    return ended(study, config)


def test_a_trial_that_falls_behind_is_stopped_early(tmp_path: Path) -> None:
    trials = scripted(tmp_path, (0.8, 0.7, 0.8, 0.9, 0.1, 0.95))
    assert [trial.state for trial in trials] == ["complete"] * 4 + ["pruned", "complete"]
    assert trials[4].value is None
    assert trials[4].epochs == 2
    assert trials[4].accuracy == 0.1


def test_a_trial_that_fails_is_noted(tmp_path: Path) -> None:
    trials = scripted(tmp_path, (0.8, 0.0, 0.7))
    assert [trial.state for trial in trials] == ["complete", "failed", "complete"]
    assert "did not work" in trials[1].reason


def test_when_time_is_up_a_trial_is_stopped_once_another_is_complete(tmp_path: Path) -> None:
    trials = scripted(tmp_path, (0.7, 0.9), deadline=time.monotonic())
    assert [trial.state for trial in trials] == ["complete", "pruned"]


def test_trials_of_a_dead_search_are_begun_anew(tmp_path: Path) -> None:
    config = tiny()
    study = opened(config, tmp_path)
    running = study.ask()
    value = running.suggest_float("architecture_options.l2", 0.01, 0.9, log=True)
    assert value == 0.125
    again = opened(config, tmp_path)
    assert ended(again, config) == []
    assert again.ask().suggest_float("architecture_options.l2", 0.01, 0.9, log=True) == 0.125


def test_killed_and_gone_on(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "kosent", "tune", "--corpus", "sample", "--limit", "150"]
    command += ["--model", "ngrams", "--tokenizer", "character", "--set", "buckets=64"]
    process = subprocess.Popen([*command, "--trials", "40", "--out", str(out)], env=os.environ)
    deadline = time.monotonic() + 100
    table = out / "trials.csv"
    while time.monotonic() < deadline:
        if table.exists() and len(table.read_text().splitlines()) > 2:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    config, _ = read_search(out)
    assert "architecture_options.buckets" not in config.space  # it was given
    assert "architecture_options.l2" in config.space
    kept = len(ended(opened(config, out), config))
    assert 2 <= kept < 40
    found = resume_search(out, Budget(kept + 1))
    assert len(found.trials) == kept + 1


class AtOnce(Silent):
    """Presses Ctrl-C when two trials are going on."""

    def __init__(self, executor: Local) -> None:
        self.executor = executor

    def advance(self, *_: object) -> None:
        if len(self.executor.started) == 2:
            raise KeyboardInterrupt


def test_ctrl_c_ends_two_trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Optuna would wait for them."""

    class Noted(Local):
        started: ClassVar[list[Any]] = []

        def start(self, work: Work) -> Any:
            self.started.append(super().start(work))
            return self.started[-1]

    monkeypatch.setattr(executors, "Local", Noted)
    with pytest.raises(KeyboardInterrupt):
        search(tiny(), Budget(9, jobs=2), folder=tmp_path / "run", listener=AtOnce(Noted(2)))
    assert all(child.wait()[0] == -signal.SIGKILL for child in Noted.started)
    config, _ = read_search(tmp_path / "run")
    assert ended(opened(config, tmp_path / "run"), config) == []


def test_rows_of_another_content_are_refused() -> None:
    worker = Trials(Rows("sample", limit=100), "other", Local())
    with pytest.raises(DataError, match="'sample' has another content here"):
        worker.run(TINY, lambda _: True)
    worker.close()


def test_a_corpus_that_has_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    lines = [f"{'좋은' if n % 2 else '나쁜'} 글 {n},{n % 2}" for n in range(60)]
    path.write_text("\n".join(["text,label", *lines]))
    search(config_of(str(path), TINY, space=SPACE), Budget(1), folder=tmp_path / "run")
    path.write_text("\n".join(["text,label", *lines[:-1]]))
    with pytest.raises(DataError, match="has changed"):
        resume_search(tmp_path / "run", Budget(2))
    (tmp_path / "run" / "search.json").write_text(json.dumps({"corpus": "sample"}))
    with pytest.raises(DataError, match="is not a search"):
        resume_search(tmp_path / "run")


def test_nothing_that_ends_well(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"  # one text a label: no validation split
    path.write_text("text,label\n좋아,1\n싫어,0\n")
    with pytest.raises(DataError, match=r"no trial ended well \(.*too few texts"):
        search(config_of(str(path), TINY, space=SPACE), Budget(1), folder=tmp_path / "run")


@pytest.mark.parametrize(
    ("config", "budget", "said"),
    [
        (config_of("sample", {}), Budget(), "--model or --recipe"),
        (config_of("sample", TINY, space={}), Budget(), "no setting is left"),
        (replace(tiny(), metric="f1"), Budget(), "metric must be"),
        (replace(tiny(), limit=0), Budget(), "limit must be"),
        (tiny(), Budget(trials=0), "trials must be"),
        (tiny(), Budget(jobs=0), "jobs must be"),
        (tiny(), Budget(minutes=0), "minutes must be a positive number"),
    ],
)
def test_refusals(tmp_path: Path, config: SearchConfig, budget: Budget, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        search(config, budget, folder=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_optuna_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosent.support.packages.find_spec", lambda _: None)
    with pytest.raises(RuntimeSetupError, match=r"pip install 'kosent\[tune\]'"):
        search(tiny())


def test_two_at_once(tmp_path: Path) -> None:
    found = search(tiny(), Budget(4, jobs=2), folder=tmp_path / "run")
    assert [trial.state for trial in found.trials] == ["complete"] * 4
