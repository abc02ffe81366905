"""No command runs code that lies in the folder it is called in."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kosent_cli
from kosent.language import Message
from kosent.models.auto import automatic, rows
from kosent.models.auto.portfolio import PORTFOLIO, Entry
from kosent.support import processes
from kosent.text.tokenizers.okt import python

TRAPS = ("json", "importlib", "threading", "numpy", "kosent", "sitecustomize", "usercustomize")
SMALL = (
    *("--corpus", "sample", "--limit", "60", "--tokenizer", "okt", "--out", "run"),
    *("--model", "ngrams", "--set", "buckets=64", "--set", "weighting=idf"),
)
RECIPE = """
title = "시험 / test"
corpus = "sample"
parameters = 1

[[members]]
recipe = "fast"
[members.architecture_options]
buckets = 64

[[members]]
recipe = "fast"
tokenizer = "jamo"
[members.architecture_options]
buckets = 64
"""


@pytest.fixture
def traps(elsewhere: Path) -> Path:
    """Work in a folder of modules that leave a file when they are imported."""
    for name in TRAPS:
        (elsewhere / f"{name}.py").write_text(
            "from pathlib import Path\n"
            f"Path({str(elsewhere / 'sprung')!r}).touch()\n"
            "raise SystemExit('a file of the current folder runs')\n"
        )
    return elsewhere


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what is started; large batches of texts for Okt begin at one letter."""
    found: list[Any] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            found.append(arguments)
            super().__init__(*arguments, **options)

    monkeypatch.setattr(processes.subprocess, "Popen", Noted)
    monkeypatch.setattr(python, "_MANY", 1)
    monkeypatch.setattr(python, "processors", lambda: 2)
    return found


@pytest.mark.slow
def test_training_and_prediction_with_okt(
    kosent: Callable[..., Any], traps: Path, children: list[Any]
) -> None:
    trained = kosent("train", *SMALL)
    assert trained.code == 0, trained.err
    before = len(children)
    assert before > 0
    (traps / "texts.txt").write_text("정말 재밌다\n돈이 아깝다\n", "utf-8")
    line = ("--bundle", "run", "--input", "texts.txt", "--output", "out.jsonl")
    assert kosent("predict", *line).code == 0
    assert len(children) > before
    assert not (traps / "sprung").exists()


@pytest.mark.slow
def test_an_ensemble(kosent: Callable[..., Any], traps: Path, children: list[Any]) -> None:
    (traps / "both.toml").write_text(RECIPE, "utf-8")
    trained = kosent("train", "--recipe", "both.toml", "--limit", "60", "--jobs", "2")
    assert trained.code == 0, trained.err
    assert len(children) == 2
    assert not (traps / "sprung").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        ("tune", *SMALL, "--trials", "1"),
        ("bench", "--corpus", "sample", "--limit", "60", "--systems", "tfidf-words,fast"),
    ],
    ids=lambda line: line[0],
)
def test_searches_and_comparisons(
    line: tuple[str, ...], kosent: Callable[..., Any], traps: Path, children: list[Any]
) -> None:
    done = kosent(*line)
    assert done.code == 0, done.err
    assert len(children) > 0
    assert not (traps / "sprung").exists()


@pytest.mark.slow
def test_networks_that_auto_tries(
    kosent: Callable[..., Any],
    traps: Path,
    children: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A linear model is trained where networks are; TensorFlow would take seconds to start."""
    tiny = {"architecture": "ngrams", "tokenizer": "character"}
    network = Entry(
        "tiny",
        Message("작은 신경망", "a tiny network"),
        "network",
        lambda _: tiny | {"architecture_options": {"buckets": 64}},
        lambda _: True,
        lambda _: 600.0,
    )
    (linear,) = [each for each in PORTFOLIO if each.name == "characters"]
    monkeypatch.setattr(automatic, "suiting", lambda _: [linear, network])
    monkeypatch.setattr(rows, "FEW", 20)
    done = kosent(
        "train", "--corpus", "sample", "--limit", "120", "--minutes", "60", "--speed", "1"
    )
    assert done.code == 0, done.err
    assert len(children) > 0
    assert not (traps / "sprung").exists()


def test_only_one_place_starts_processes() -> None:
    """Which isolates them; what starts one elsewhere would have to be tried here too."""
    starting = ("subprocess", "multiprocessing", "pty", "ProcessPoolExecutor")
    root = Path(processes.__file__).parents[1]
    command = Path(kosent_cli.__file__).parent
    found = set()
    for path in [*root.rglob("*.py"), *command.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [each.name for each in getattr(node, "names", []) if hasattr(each, "name")]
            names.append(getattr(node, "module", None) or "")
            called = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            calls = called in ("os.system", "os.popen", "os.fork", "os.posix_spawn")
            if calls or any(name.split(".")[0] in starting for name in names):
                found.add(path.name)
    assert found == {"processes.py"}


@pytest.mark.slow
def test_doctor(traps: Path) -> None:
    """In a process of its own, since no Java may start in that of the tests."""
    asking = [sys.executable, "-P", "-c", "from kosent_cli.main import main; main()", "doctor"]
    done = subprocess.run(asking, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Java: 좋음 / ok" in done.stdout
    assert not (traps / "sprung").exists()
