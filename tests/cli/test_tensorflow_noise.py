"""The import that is kept quiet, tried on a stand-in for TensorFlow that is quick to import."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

NOISE = "import os; os.write(2, b'I0000 noise\\n'); "
SILENCE = "from kosent_cli.tensorflow_noise import silence; silence(); silence(); "


@pytest.fixture
def run_with(tmp_path: Path) -> Callable[[str, str], subprocess.CompletedProcess[str]]:
    """Run code in a process whose ``tensorflow`` is the given source."""

    def call(source: str, code: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "tensorflow.py").write_text(source, "utf-8")
        start = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {SILENCE}"
        line = [sys.executable, "-c", start + code]
        return subprocess.run(line, capture_output=True, text=True, check=False)

    return call


def test_the_import_is_quiet_and_what_follows_is_heard(
    run_with: Callable[[str, str], subprocess.CompletedProcess[str]],
) -> None:
    code = "import tensorflow; os = tensorflow.os; os.write(2, b'after\\n'); print(tensorflow.x)"
    done = run_with(NOISE + "x = os.environ['TF_CPP_MIN_LOG_LEVEL']", code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n", "after\n")


def test_to_look_whether_it_is_there_is_no_import(
    run_with: Callable[[str, str], subprocess.CompletedProcess[str]],
) -> None:
    code = (
        "import importlib.util as u; print(u.find_spec('tensorflow') is not None); "
        "before = len(sys.meta_path); import tensorflow; print(before - len(sys.meta_path))"
    )
    done = run_with(NOISE, code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n1\n", "")


def test_the_module_keeps_its_own_loader(
    run_with: Callable[[str, str], subprocess.CompletedProcess[str]],
) -> None:
    code = (
        "import tensorflow, inspect, importlib; print(type(tensorflow.__loader__).__name__, "
        "tensorflow.__spec__.loader is tensorflow.__loader__, inspect.getsource(tensorflow))"
    )
    assert run_with("x = 1", code).stdout.strip() == "SourceFileLoader True x = 1"


def test_a_failing_import_tells_what_was_caught(
    run_with: Callable[[str, str], subprocess.CompletedProcess[str]],
) -> None:
    done = run_with(NOISE + "raise ImportError('libfoo.so')", "import tensorflow")
    assert done.returncode == 1
    assert done.stderr.startswith("I0000 noise\nTraceback")
    assert "ImportError: libfoo.so" in done.stderr


def test_an_interrupted_import_is_not_followed_by_noise(
    run_with: Callable[[str, str], subprocess.CompletedProcess[str]],
) -> None:
    code = (
        "\ntry:\n    import tensorflow\nexcept KeyboardInterrupt:\n"
        "    print('stopped', file=sys.stderr)"
    )
    assert run_with(NOISE + "raise KeyboardInterrupt", code).stderr == "stopped\n"


def test_without_tensorflow_the_error_is_pythons(tmp_path: Path) -> None:
    code = f"{SILENCE}import sys; sys.path = []; import tensorflow"
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "No module named 'tensorflow'" in done.stderr


def test_without_stderr(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("x = 1", "utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {SILENCE}import tensorflow"
    line = f"{subprocess.list2cmdline([sys.executable, '-c', code])} 2>&-"
    assert subprocess.run(["sh", "-c", line], check=False).returncode == 0
