"""Without the packages of training, training says so in one line, and prediction works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kosent.errors import RuntimeSetupError
from kosent.support.packages import require

GOLDEN = Path(__file__).parents[1] / "golden"
WITHOUT = """
import sys
from importlib import util

LEFT_OUT = ("tensorflow", "keras", "onnx", "pandas", "sklearn", "pyarrow", "requests", "konlpy")
find_spec = util.find_spec
util.find_spec = lambda name, *rest: None if name in LEFT_OUT else find_spec(name, *rest)
for name in LEFT_OUT:
    sys.modules[name] = None
from kosent_cli.main import main
main()
"""


def kosent(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", WITHOUT, *arguments]
    return subprocess.run(line, capture_output=True, text=True, cwd=folder)


def test_what_is_missing_is_named() -> None:
    require("numpy", "json")
    with pytest.raises(RuntimeSetupError, match=r"missing packages: no_such \(pip install"):
        require("numpy", "no_such")


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [("train", "--corpus", "sample"), ("predict", "최고", "--bundle", "format-1-lstm")],
    ids=lambda arguments: arguments[0],
)
def test_one_line_and_nothing_written(arguments: tuple[str, ...], tmp_path: Path) -> None:
    line = [each.replace("format", f"{GOLDEN}/format") for each in arguments]
    ended = kosent(*line, folder=tmp_path)
    assert ended.returncode == 5
    assert ended.stderr.splitlines()[-1].startswith("kosent: 예측만")
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_prediction_needs_none_of_it(tmp_path: Path) -> None:
    for command in ("predict", "trace"):
        ended = kosent(
            command, "정말 최고", "--bundle", f"{GOLDEN}/format-2-hybrid.kosent", folder=tmp_path
        )
        assert (ended.returncode, ended.stderr) == (0, "")
