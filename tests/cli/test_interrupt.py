"""Ctrl-C in the middle of training, in a process of its own, and going on afterwards."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TRAIN = (
    *("train", "--corpus", "sample", "--limit", "60", "--tokenizer", "whitespace"),
    *("--model", "lstm", "--set", "units=4", "--set", "embedding_size=8", "--batch-size", "16"),
    *("--epochs", "500", "--patience", "500"),
)


@pytest.mark.slow
def test_sigterm_says_how_to_go_on(
    command_line: list[str], elsewhere: Path, plain_environment: dict[str, str]
) -> None:
    process = subprocess.Popen(
        [*command_line, *TRAIN], stderr=subprocess.PIPE, text=True, env=plain_environment
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("epoch 2 "):
            break
    process.send_signal(signal.SIGTERM)
    _, after = process.communicate(timeout=120)
    (run,) = (elsewhere / "runs").iterdir()
    assert process.returncode == 143, after
    assert f"go on with: kosent train --resume {run.relative_to(elsewhere)}" in after
    assert "Traceback" not in after


@pytest.mark.slow
def test_ctrl_c_in_an_epoch(
    command_line: list[str],
    elsewhere: Path,
    plain_environment: dict[str, str],
    kosent: Callable[..., Any],
) -> None:
    process = subprocess.Popen(
        [*command_line, *TRAIN],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=plain_environment,
    )
    assert process.stderr is not None
    before = []
    for line in process.stderr:
        before.append(line)
        if line.startswith("epoch 2 "):
            break
    process.send_signal(signal.SIGINT)
    out, after = process.communicate(timeout=120)
    (run,) = (elsewhere / "runs").iterdir()
    assert (process.returncode, out) == (130, ""), after
    command = f"kosent train --resume {run.relative_to(elsewhere)}"
    last = [line for line in after.splitlines() if not line.startswith("epoch ")]
    assert last == [
        f"kosent: 중단했습니다. 이어서 하려면: {command} / interrupted; go on with: {command}"
    ]
    stages = [line for line in before if not line.startswith("epoch ")]
    assert len(stages) == 2, "TensorFlow's own lines are not shown"
    assert not (run / "bundle").exists()
    assert not [path for path in run.rglob("*") if path.name.endswith((".tmp", ".old"))]

    (checkpoint,) = (run / "checkpoints").iterdir()
    done = int(checkpoint.name.removeprefix("epoch-"))
    config = json.loads((run / "config.json").read_bytes())
    config["classifier"]["epochs"] = done + 1  # so that the rest is short
    (run / "config.json").write_text(json.dumps(config), "utf-8")

    resumed = kosent("train", "--resume", "--json")
    assert resumed.code == 0
    epochs = [line.split()[1] for line in resumed.err.splitlines() if line.startswith("epoch ")]
    assert epochs == [str(done + 1)]
    assert resumed.json["folder"] == str(run.relative_to(elsewhere))
    assert (run / "bundle" / "manifest.json").is_file()
