"""The callable that other engines get."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kosent.batch import Predict
from kosent.batch import predict as module
from kosent.errors import BundleError, DataError, UsageError
from kosent.prediction import network
from kosent.prediction.predictor import Predictor
from kosent.support.processes import at_most, processors

TEXTS = ["정말 재밌다", "지루하다", None, " "]


def test_arrays_in_and_arrays_out(bundle: Path, model: Predictor) -> None:
    batch = {"n": np.arange(4), "text": np.array(TEXTS, object)}
    found = Predict(bundle)(batch)
    labels = model.classes_.tolist()
    assert list(found) == ["n", "text", "label", "confidence", *labels]
    assert found["text"] is batch["text"]
    expected = model.predict_proba(TEXTS[:2])
    for place, label in enumerate(labels):
        np.testing.assert_allclose(found[label][:2], expected[:, place])
        assert np.isnan(found[label][2:]).all()
    assert found["label"].tolist() == [*model.classes_[expected.argmax(axis=1)], None, None]
    assert found["label"].dtype == object
    np.testing.assert_allclose(found["confidence"][:2], expected.max(axis=1))


def test_tables_stay_what_they_are(bundle: Path) -> None:
    predict = Predict(bundle, text="x")
    arrays = predict({"x": np.array(TEXTS[:2])})
    frame = predict(pd.DataFrame({"x": TEXTS[:2]}, index=[7, 8]))
    table = predict(pa.table({"x": TEXTS[:2]}))
    assert isinstance(frame, pd.DataFrame)
    assert frame.index.tolist() == [7, 8]
    assert isinstance(table, pa.Table)
    for name, values in arrays.items():
        assert frame[name].tolist() == table[name].to_pylist() == values.tolist()


def test_no_rows_have_the_same_columns(bundle: Path) -> None:
    found = Predict(bundle)({"text": np.array([], object)})
    full = Predict(bundle)({"text": np.array(["가"], object)})
    assert {name: array.dtype for name, array in found.items()} == {
        name: array.dtype for name, array in full.items()
    }
    assert not any(map(len, found.values()))


def test_unsure_answers_and_taken_names(bundle: Path) -> None:
    found = Predict(bundle, min_confidence=1.0)({"text": ["좋다"], "label": ["mine"]})
    assert found["label"] == ["mine"]
    assert found["predicted_label"].tolist() == [None]


@pytest.mark.parametrize(
    ("batch", "error", "match"),
    [
        ({"text": [1]}, DataError, "not a string"),
        ({"a": ["가"], "b": ["나"]}, DataError, "column"),
        (["가"], UsageError, "expected a table"),
    ],
)
def test_what_is_refused(batch: object, error: type[Exception], match: str, bundle: Path) -> None:
    with pytest.raises(error, match=match):
        Predict(bundle)(batch)
    with pytest.raises(UsageError, match="threads must be"):
        Predict(bundle, threads=0)
    with pytest.raises(UsageError, match="min_confidence"):
        Predict(bundle, min_confidence=2)({"text": ["가"]})


def test_it_pickles_as_its_settings(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And means the same file from any folder, as engines change it."""
    shutil.copy(bundle, tmp_path / "m.kosent")
    monkeypatch.chdir(tmp_path)
    predict = Predict("m.kosent", threads=3)
    assert predict.predictor.classes_.tolist()
    data = pickle.dumps(predict)
    assert len(data) < 1000
    monkeypatch.chdir("/")
    again = pickle.loads(data)  # noqa: S301
    assert repr(again) == repr(predict)
    assert again.bundle == str(tmp_path / "m.kosent")
    assert again.predictor is predict.predictor  # loaded once a process


def test_a_model_is_loaded_once_and_anew_where_it_changed(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[Path] = []
    load = module.load_versioned
    monkeypatch.setattr(module, "load_versioned", lambda path: loads.append(path) or load(path))
    path = tmp_path / "m.kosent"
    shutil.copy(bundle, path)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: Predict(path)({"text": ["가"]}), range(8)))
    assert loads == [path]
    first = Predict(path).sha256
    path.unlink()
    shutil.copy(bundle.parent / "format-3-gru.kosent", path)
    assert Predict(path).sha256 != first
    assert loads == [path, path]
    path.unlink()
    with pytest.raises(BundleError):
        Predict(path)({"text": ["가"]})


def test_it_takes_one_thread(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    make = network._threads
    monkeypatch.setattr(network, "_threads", lambda: threads.append(processors()) or make())
    batch = {"text": [f"가 {number}" for number in range(1000)]}
    Predict(bundle)(batch)
    with at_most(5):
        assert processors() <= 5
    Predict(bundle, threads=10**6)(batch)
    assert threads == [1, processors()]


SPAWNED = """
import sys, multiprocessing
from kosent.batch import Predict
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        parts = pool.map(Predict(sys.argv[1]), [{"text": ["좋다"]}, {"text": ["싫다"]}])
    print([part["label"][0] for part in parts])
"""


@pytest.mark.slow
def test_processes_of_others(bundle: Path, model: Predictor, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SPAWNED, "utf-8")
    ended = subprocess.run(
        [sys.executable, script, bundle], capture_output=True, text=True, cwd=tmp_path
    )
    expected = [model.classes_[model.predict_proba([t])[0].argmax()] for t in ("좋다", "싫다")]
    assert ended.stdout == f"{[str(each) for each in expected]}\n", ended.stderr
