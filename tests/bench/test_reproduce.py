"""``bench/reproduce.py`` makes its table of what stands in the run folders, and of nothing else."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kosent.recipes import load_recipe

BENCH = Path(__file__).parents[2] / "bench" / "reproduce.py"


@pytest.fixture(scope="module")
def reproduce() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reproduce", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def leave_run(out: Path, name: str, seed: int, validation: list[float], test: float) -> Path:
    """Write what a finished run of a recipe leaves, as far as the table reads it."""
    folder = out / f"{name}-all-{seed}"
    (folder / "bundle").mkdir(parents=True)
    classifier: dict[str, Any] = load_recipe(name).classifier | {"seed": seed}
    config = {"corpus": "nsmc", "limit": None, "classifier": classifier}
    (folder / "config.json").write_text(json.dumps(config))
    report = {"validation": {"accuracy": max(validation)}, "test": {"accuracy": test}}
    (folder / "report.json").write_text(json.dumps(report))
    lines = [
        json.dumps({"val_accuracy": accuracy, "seconds": 10.0 + place})
        for place, accuracy in enumerate(validation)
    ]
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def test_the_table_of_what_is_there(
    reproduce: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leave_run(tmp_path, "nsmc-lstm", 0, [0.81, 0.8], 0.79)
    leave_run(tmp_path, "nsmc-lstm", 2, [0.83, 0.82, 0.8], 0.81)
    (tmp_path / "imdb-gru8-all-0").mkdir()  # begun, not finished
    reproduce.main(["--finished", "--recipes", "nsmc-lstm", "imdb-gru8", "--out", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].count("|") == lines[2].count("|") == lines[3].count("|") == 11
    assert lines[2] == (
        "| `nsmc-lstm` | validation 0.8224, 0.8211, 0.8196, 0.8113, 0.8102 "
        "| 0.8200 ± 0.0141 | 0.8000 ± 0.0000 | 0.8000 ± 0.0141 | 2-3 | 2 | 6,070,302 | 10.8 "
        "| `kosent train --recipe nsmc-lstm` |"
    )
    assert lines[3].startswith(
        "| `imdb-gru8` | similar, less overfitting | not run |  |  |  | 0 | 8,633 |  |"
    )
    assert lines[5:] == [
        "nsmc-lstm seed 0: 0.8100 0.8000",
        "nsmc-lstm seed 2: 0.8300 0.8200 0.8000",
    ]
    assert list((tmp_path / "imdb-gru8-all-0").iterdir()) == []


@pytest.mark.parametrize(("minutes", "trained"), [("0.3", ["0"]), ("5", ["0", "1", "2"])])
def test_what_takes_long_is_trained_once(
    reproduce: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    minutes: str,
    trained: list[str],
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(reproduce, "train", lambda _, folder: asked.append(folder.name[-1]))
    leave_run(tmp_path, "nsmc-lstm", 0, [0.81, 0.8], 0.79)  # 21 seconds
    reproduce.main(["--minutes", minutes, "--recipes", "nsmc-lstm", "--out", str(tmp_path)])
    assert asked == trained


def test_a_run_of_an_older_recipe_has_no_place_in_it(reproduce: ModuleType, tmp_path: Path) -> None:
    folder = leave_run(tmp_path, "nsmc-lstm", 0, [0.81], 0.79)
    written = json.loads((folder / "config.json").read_bytes())
    written["classifier"]["validation"] = "random"
    (folder / "config.json").write_text(json.dumps(written))
    with pytest.raises(SystemExit, match="the recipe has changed since"):
        reproduce.main(["--finished", "--recipes", "nsmc-lstm", "--out", str(tmp_path)])


def test_every_figure_is_of_a_recipe(reproduce: ModuleType) -> None:
    for name in reproduce.POSTS:
        assert "cleaning" in load_recipe(name).classifier  # or a run would add it to its settings
