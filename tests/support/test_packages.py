"""Without the packages of training, training says so in one line, and prediction works."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

from kosent.errors import RuntimeSetupError
from kosent.models.classifier import TO_TRAIN
from kosent.support.packages import DISTRIBUTIONS, distribution, require
from kosent_cli.commands import serve

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
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


def asked_for() -> set[str]:
    """Return all packages that the code requires by name, and that of each baseline."""
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]
    names = {*serve.PACKAGES, *DISTRIBUTIONS}
    for source in sources:
        text = source.read_text("utf-8")
        for call in re.findall(r"\brequire\(([^)]*)\)|^TO_TRAIN = \(([^)]*)\)", text, re.MULTILINE):
            names.update(re.findall(r'"(\w+)"', " ".join(call)))
        names.update(
            re.findall(r'^    package(?:: ClassVar\[str\])? = "(\w+)"', text, re.MULTILINE)
        )
    return names


def test_what_pip_is_told_to_install_is_what_has_the_package() -> None:
    """``pip install sklearn`` fails: the names of distributions are not those of imports."""
    installed = packages_distributions()
    names = asked_for()
    assert {"sklearn", "onnx", "keras", "pandas", "optuna", "fasttext"} <= names
    for name in names & set(installed):
        assert distribution(name) in {plain(each) for each in installed[name]}, name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    ours = {plain(re.split(r"[<>=\[]", each)[0]) for each in listed}
    assert {plain(distribution(name)) for name in names} <= ours | {"model2vec"}  # no extra's


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_suggestion_of_an_installation_that_only_predicts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kosent.support.packages.find_spec", lambda _: None)
    with pytest.raises(RuntimeSetupError, match=r"\(pip install keras onnx scikit-learn\)") as said:
        require(*TO_TRAIN)
    assert "pip install keras onnx scikit-learn" in said.value.korean


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
