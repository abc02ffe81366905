"""``kosent tune``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

OPTIONS = ("tune", "--corpus", "sample", "--limit", "150", "--out", "run", "--trials", "2")
MODEL = ("--model", "ngrams", "--tokenizer", "character", "--set", "buckets=64")


def test_search_train_and_resume(kosent: Callable[..., Any], elsewhere: Path) -> None:
    done = kosent(*OPTIONS, *MODEL, "--json")
    assert [trial["state"] for trial in done.json["trials"]] == ["complete", "complete"]
    assert "architecture_options.buckets" not in done.json["best"]["chosen"]
    again = kosent("tune", "--resume", "run", "--trials", "3")
    assert "complete 3, stopped early 0, failed 0" in again.out
    assert "kosent train --recipe run/best.toml" in again.out
    trained = kosent("train", "--recipe", "run/best.toml", "--limit", "150", "--out", "best")
    assert trained.code == 0
    assert Path("best/bundle").is_dir()


def test_refusals(
    refused: Callable[..., str], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kosent.support.executors.cluster.find_spec", lambda _: None)
    assert "takes Ray (pip install" in refused(5, *OPTIONS, *MODEL, "--engine", "ray")
    assert not list(elsewhere.iterdir())
    assert "--model or --recipe" in refused(2, "tune", "--corpus", "sample")
    assert "one of several models" in refused(2, "tune", "--recipe", "best")
    assert "no search below 'runs'" in refused(2, "tune", "--resume")
    assert "leave out: corpus" in refused(2, "tune", "--corpus", "nsmc", "--resume", "x")
    assert "name a corpus" in refused(2, "tune", "--model", "gru")
    Path("space.toml").write_text("[learning_rat]\nlow = 0.1\nhigh = 0.2\n")
    wrong = refused(2, *OPTIONS, *MODEL, "--space", "space.toml")
    assert "no parameter 'learning_rat'" in wrong
    for several in (("--multilabel",), ("--multilabel", "--label-columns", "a,b")):
        assert "several labels" in refused(2, *OPTIONS, *MODEL, *several)
