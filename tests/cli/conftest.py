"""How tests call ``kosent``: in this process where that is enough, with a model trained once."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kosent_cli.main import run

if TYPE_CHECKING:
    from kosent import TextClassifier

TINY = (
    *("--tokenizer", "whitespace", "--model", "lstm"),
    *("--set", "units=4", "--set", "embedding_size=8", "--epochs", "1"),
)


@dataclass(frozen=True)
class Outcome:
    """What a call left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)


Kosent = Callable[..., Outcome]


@pytest.fixture
def kosent(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Kosent:
    """Call ``kosent`` in this process: arguments, and bytes for stdin."""

    def call(*arguments: str, stdin: bytes = b"") -> Outcome:
        capsys.readouterr()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run(arguments)
        return Outcome(code, *capsys.readouterr())

    return call


@pytest.fixture
def refused(kosent: Kosent) -> Callable[..., str]:
    """Call ``kosent``, hold that it ends in that code with one line only, and return the line."""

    def call(code: int, *arguments: str, stdin: bytes = b"") -> str:
        outcome = kosent(*arguments, stdin=stdin)
        assert (outcome.code, outcome.out) == (code, ""), outcome
        lines = outcome.err.splitlines()
        errors = [line for line in lines if line.startswith("kosent: ")]
        assert errors == lines[-1:], outcome.err
        assert " / " in errors[0]
        assert "Traceback" not in outcome.err
        return errors[0]

    return call


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which ``kosent train`` has run once."""
    home = tmp_path_factory.mktemp("home")
    with (
        (home / "report.json").open("w", encoding="utf-8") as out,
        (home / "progress.txt").open("w", encoding="utf-8") as err,
        contextlib.chdir(home),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        assert run(["train", "--corpus", "sample", "--limit", "120", *TINY, "--json"]) == 0
    return home


@pytest.fixture
def home(trained_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in the folder with the trained run; tests must leave it as it is."""
    monkeypatch.chdir(trained_home)
    return trained_home


@pytest.fixture(scope="session")
def loaded(trained_home: Path) -> TextClassifier:
    """Return the trained model."""
    from kosent import TextClassifier

    return TextClassifier.load(next(trained_home.glob("runs/*/bundle")))


@pytest.fixture
def quick(loaded: TextClassifier, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in ``home`` without loading the model again for every call."""
    monkeypatch.setattr("kosent.models.classifier.TextClassifier.load", lambda _: loaded)
    for command in ("predict", "trace", "explain"):
        name = f"kosent_cli.commands.{command}.load_predictor"
        monkeypatch.setattr(name, lambda _: loaded)
    return home


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def process() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run ``kosent`` as a process of its own; arguments may be bytes."""

    def call(*arguments: str | bytes, **options: Any) -> subprocess.CompletedProcess[bytes]:
        line = [*kosent_command(), *arguments]
        return subprocess.run(line, capture_output=True, check=False, **options)

    return call


@pytest.fixture(scope="session")
def command_line() -> list[str]:
    """Return the beginning of a command line that runs ``kosent``."""
    return kosent_command()


def kosent_command() -> list[str]:
    return [sys.executable, "-c", "from kosent_cli.main import main; main()"]


@pytest.fixture(scope="session")
def plain_environment() -> dict[str, str]:
    """Return an environment without what tests set for TensorFlow."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
