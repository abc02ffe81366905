"""Bundles of every format version so far, saved by the kosent of their time: all must load.

They were trained on the sentences of ``conftest.py``, or the built-in corpus, and are never written
anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import kosent
from kosent.bundles import ensemble as ensemble_file
from kosent.bundles import model as bundle
from kosent.bundles.manifest import ENSEMBLE, MODEL, open_saved, read_manifest

FOLDER = Path(__file__).parents[1] / "golden"
GOLDEN = sorted(FOLDER.glob("format-*"))
ENSEMBLES = sorted(FOLDER.glob("ensemble-*"))


def test_every_format_is_there() -> None:
    for kind, paths in ((MODEL, GOLDEN), (ENSEMBLE, ENSEMBLES)):
        manifests = [read_manifest(path, kind) for path in paths]
        formats = {manifest["format_version"] for manifest in manifests}
        assert formats == set(range(1, kind.version + 1))
    assert sorted([*GOLDEN, *ENSEMBLES]) == sorted(FOLDER.iterdir())


def probes(path: Path) -> list[tuple[str, list[float]]]:
    with open_saved(path) as saved:
        return (ensemble_file if path in ENSEMBLES else bundle).unpack(saved).probes


@pytest.mark.parametrize("path", [*GOLDEN, *ENSEMBLES], ids=lambda path: path.name)
def test_it_predicts_as_on_the_day_it_was_saved(path: Path) -> None:
    model = kosent.load(path)
    texts, there = zip(*probes(path), strict=True)
    here = model.predict_proba(texts)
    assert np.abs(here - np.array(there)).max() < 1e-5
    assert np.ptp(here[:, 0]) > 0.05  # the texts make a difference
    for text, row in zip(texts, here, strict=True):
        assert np.abs(model.predict_proba([text])[0] - row).max() < 1e-5


LOADING = """
import json, sys
import kosent
for path in json.load(sys.stdin):
    model = kosent.load(path)
    model.predict(["영화가 정말 재밌다"])
    model.trace("영화가 정말 재밌다")
heavy = ("tensorflow", "keras", "pandas", "sklearn", "scipy", "jpype", "konlpy", "pyarrow", "onnx")
json.dump([name for name in heavy if name in sys.modules], sys.stdout)
"""


@pytest.mark.slow
def test_prediction_loads_nothing_heavy() -> None:
    with_onnx = [path for path in GOLDEN if bundle.read(path).onnx is not None]
    ended = subprocess.run(
        [sys.executable, "-c", LOADING],
        input=json.dumps([str(path) for path in [*with_onnx, *ENSEMBLES]]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stdout) == []
    assert ended.stderr == ""
