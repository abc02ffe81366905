"""``kosent train`` with a recipe of several models, and the commands that take what it leaves."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent_cli.main import run

RECIPE = """
title = "시험 / test"
corpus = "sample"
parameters = 1
validation_fraction = 0.2

[[members]]
architecture = "lstm"
tokenizer = "whitespace"
epochs = 1
[members.architecture_options]
units = 4
embedding_size = 8

[[members]]
recipe = "fast"
[members.architecture_options]
buckets = 64
"""


@pytest.fixture(scope="module")
def ensemble_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which ``kosent train`` has trained a recipe of two models."""
    home = tmp_path_factory.mktemp("home")
    (home / "both.toml").write_text(RECIPE, "utf-8")
    with (
        (home / "report.json").open("w", encoding="utf-8") as out,
        (home / "progress.txt").open("w", encoding="utf-8") as err,
        contextlib.chdir(home),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        line = ["train", "--recipe", "both.toml", "--limit", "120", "--seed", "3", "--jobs", "1"]
        assert run([*line, "--json"]) == 0
    return home


@pytest.fixture
def home(ensemble_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in that folder; tests must leave it as it is."""
    monkeypatch.chdir(ensemble_home)
    return ensemble_home


def test_what_it_leaves_and_says(home: Path) -> None:
    report = json.loads((home / "report.json").read_text("utf-8"))
    (folder,) = (home / "runs").iterdir()
    assert re.fullmatch(r"\d{8}-\d{6}-sample-both", folder.name)
    assert report["folder"] == str(folder.relative_to(home))
    assert report["bundle"] == str(folder.relative_to(home) / "bundle")
    assert report["validation"]["rows"] == 24
    assert report["test"]["rows"] == 120
    progress = (home / "progress.txt").read_text("utf-8")
    assert "1/2 0-whitespace-lstm: " in progress
    assert "2/2 1-character-ngrams: " in progress
    written = json.loads((folder / "report.json").read_bytes())
    assert [member["architecture"] for member in written["members"]] == ["lstm", "ngrams"]


def test_predict_finds_it(kosent: Callable[..., Any], home: Path) -> None:
    (folder,) = Path("runs").iterdir()
    found = kosent("predict", "정말 재밌다", "돈이 아깝다", "--json")
    assert f"{folder}/bundle" in found.err
    assert [answer["text"] for answer in found.json] == ["정말 재밌다", "돈이 아깝다"]
    again = kosent("predict", "--bundle", str(folder), "정말 재밌다", "--json").json
    assert again[0]["probabilities"] == pytest.approx(found.json[0]["probabilities"], abs=1e-6)


def test_a_file_is_predicted_and_gone_on_with(
    kosent: Callable[..., Any], home: Path, tmp_path: Path
) -> None:
    texts, out = tmp_path / "in.txt", tmp_path / "out.jsonl"
    texts.write_text("정말 재밌다\n\n돈이 아깝다\n", "utf-8")
    assert kosent("predict", "--input", str(texts), "--output", str(out)).code == 0
    whole = out.read_bytes()
    lines = whole.splitlines(keepends=True)
    assert len(lines) == 3
    out.write_bytes(b"".join(lines[:2]) + lines[2][:9])
    resumed = kosent("predict", "--input", str(texts), "--output", str(out), "--resume")
    assert resumed.code == 0
    assert out.read_bytes() == whole


def test_it_is_followed_and_scored(kosent: Callable[..., Any], home: Path) -> None:
    steps = kosent("trace", "정말 재밌는 영화", "--json").json
    assert [step["prefix"] for step in steps] == ["정말", "정말 재밌는", "정말 재밌는 영화"]
    report = json.loads((home / "report.json").read_text("utf-8"))
    scored = kosent("evaluate", "--limit", "120", "--json").json
    assert scored["rows"] == 120
    assert scored["corpus"] == "sample"
    (folder,) = Path("runs").iterdir()
    assert kosent("evaluate", "--json").json["rows"] == 220
    stressed = kosent("stress", "--limit", "30", "--json").json
    assert stressed["rows"] == 30
    assert report["bundle"] == str(folder / "bundle")


def test_jobs_without_a_recipe_of_several(refused: Callable[..., str], elsewhere: Path) -> None:
    for option in (("--jobs", "2"), ("--engine", "ray")):
        line = refused(2, "train", "--corpus", "sample", *option)
        assert "--jobs and --engine go with a recipe of several models" in line
    assert list(elsewhere.iterdir()) == []


def test_what_a_recipe_of_several_does_not_take(
    refused: Callable[..., str], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "both.toml").write_text(RECIPE, "utf-8")
    line = refused(2, "train", "--recipe", "both.toml", "--epochs", "3")
    assert "only seed, validation_fraction, validation can be changed. Received: epochs" in line
    assert "at least 1" in refused(2, "train", "--recipe", "both.toml", "--jobs", "0")
    monkeypatch.setattr("kosent.support.executors.cluster.find_spec", lambda _: None)
    line = refused(5, "train", "--recipe", "both.toml", "--engine", "ray")
    assert "--engine ray takes Ray (pip install 'kosent[ray]')" in line
    assert "cannot read the recipe" in refused(3, "train", "--recipe", "bath.toml")
    assert [path.name for path in elsewhere.iterdir()] == ["both.toml"]


def children(of: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == of:
                found.append(int(stat.parent.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_command(
    how: signal.Signals,
    elsewhere: Path,
    command_line: list[str],
    kosent: Callable[..., Any],
) -> None:
    endless = RECIPE.replace("epochs = 1", "epochs = 5000\npatience = 5000")
    (elsewhere / "both.toml").write_text(endless, "utf-8")
    line = [*command_line, "train", "--recipe", "both.toml", "--limit", "60"]
    process = subprocess.Popen(
        [*line, "--jobs", "2", "--out", "run"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = []
    for message in process.stderr:  # the linear member is done
        said.append(message)
        if message.startswith("1/2 1-character-ngrams: "):
            break
    checkpoints = elsewhere / "run" / "members" / "0-whitespace-lstm" / "checkpoints"
    end = time.monotonic() + 120
    while not any(checkpoints.glob("epoch-*")) and time.monotonic() < end:
        time.sleep(0.05)
    (child,) = children(process.pid)
    process.send_signal(how)
    _, after = process.communicate(timeout=60)
    while Path(f"/proc/{child}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()
    if how is signal.SIGKILL:
        return
    assert process.returncode == 130
    assert after.strip() == (
        "kosent: 중단했습니다. 이어서 하려면: kosent train --resume run / "
        "interrupted; go on with: kosent train --resume run"
    )
    member = checkpoints.parent
    done = max(int(path.name.removeprefix("epoch-")) for path in checkpoints.glob("epoch-*"))
    config = json.loads((member / "config.json").read_bytes())
    config["classifier"]["epochs"] = done + 1  # so that the rest is short
    (member / "config.json").write_text(json.dumps(config), "utf-8")
    resumed = kosent("train", "--resume", "run", "--jobs", "1", "--json")
    assert resumed.code == 0, resumed.err
    assert "2/2 0-whitespace-lstm: " in resumed.err
    assert (elsewhere / "run" / "bundle" / "manifest.json").is_file()
