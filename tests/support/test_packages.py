"""Without the packages of training, training says so in one line, and prediction works."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from importlib.metadata import Distribution, PackageNotFoundError, packages_distributions
from itertools import chain
from pathlib import Path

import pytest

from kosent import TextClassifier
from kosent.errors import RuntimeSetupError
from kosent.support.packages import (
    DISTRIBUTIONS,
    declared,
    distribution,
    extras,
    installed_version,
    normal,
    refusal,
    require,
)
from kosent_cli.commands import serve
from kosent_cli.main import run

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
        assert distribution(name) in {normal(each) for each in installed[name]}, name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    ours = {normal(re.split(r"[<>=\[]", each)[0]) for each in listed}
    assert {normal(distribution(name)) for name in names} <= ours | {"model2vec"}  # no extra's


def test_the_suggestion_of_an_installation_that_only_predicts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kosent.support.packages.find_spec", lambda _: None)
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    command = "pip install keras onnx safetensors scikit-learn tensorflow"
    with pytest.raises(RuntimeSetupError, match=rf"\({command}\)") as said:
        TextClassifier().check()
    assert command in said.value.korean
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with pytest.raises(RuntimeSetupError, match=r"scikit-learn torch\)"):
        TextClassifier().check()


def absent(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    found = metadata.distribution

    def look(name: str) -> Distribution:
        if name in names:
            raise PackageNotFoundError(name)
        return found(name)

    monkeypatch.setattr(metadata, "distribution", look)


def test_an_import_that_failed_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    absent(monkeypatch, "scikit-learn", "no-such")
    said = refusal(ModuleNotFoundError("No module", name="sklearn.svm"))
    assert said.english.endswith("(pip install scikit-learn)")
    assert said.exit_code == 5
    for name in ("no_such", "kosent.no_such", "numpy.no_such", None):  # none of ours, or a bug
        error = ModuleNotFoundError("No module", name=name)
        with pytest.raises(ModuleNotFoundError) as raised:
            refusal(error)
        assert raised.value is error


def test_a_command_without_its_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    absent(monkeypatch, "scipy")
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    monkeypatch.chdir(tmp_path)
    assert run(["audit", "--corpus", "sample"]) == 5
    assert "kosent: 설치되지 않은 패키지가 필요합니다: scipy (pip install scipy)" in (
        capsys.readouterr().err
    )


def test_one_package_in_the_place_of_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert installed_version("no-such") is None
    (tmp_path / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: tensorflow-cpu\nVersion: 2.99\n"
    )
    stand_in = Distribution.at(tmp_path)
    monkeypatch.setattr(metadata, "distribution", lambda _: stand_in)
    absent(monkeypatch, "tensorflow")
    assert installed_version("tensorflow") == "2.99 (tensorflow-cpu)"


def test_what_kosent_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"click", "numpy", "konlpy"} <= set(declared())
    assert {"pytest", "konlpy"} <= set(declared(["test"]))
    assert not {"pytest", "uvicorn"} & set(declared())
    assert {"files", "serve", "test"} <= set(extras())
    absent(monkeypatch, "kosent")
    assert (declared(), extras()) == ([], [])


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
