"""A model is whole wherever it goes: pickled, copied, in other processes, without its file."""

from __future__ import annotations

import copy
import io
import multiprocessing
import os
import pickle
import shutil
import signal
import sys
import warnings
from collections.abc import Callable
from multiprocessing.pool import Pool
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import joblib
import numpy as np
import pytest

import kosent
from kosent import TextClassifier
from kosent.errors import RuntimeSetupError
from kosent.models.ensemble import Ensemble
from kosent.support.forks import refuse_fork, tensorflow_ran

GOLDEN = Path(__file__).parents[1] / "golden"
TEXTS = ["영화가 정말 재밌다", "돈이 아깝다", "처음보는말", ""]

Model = TextClassifier | Ensemble
Reviews = tuple[list[str], list[str]]
Travel = Callable[[Any], Any]


@pytest.fixture(scope="module")
def models(
    trained: TextClassifier,
    saved: Path,
    reviews: Reviews,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Model]:
    """Return models of every kind; the files of those that were loaded are gone."""
    assert trained.model_.optimizer is not None  # what could not be unpickled elsewhere
    folder = tmp_path_factory.mktemp("gone") / "model"
    shutil.copytree(saved, folder)
    file = trained.save(folder.with_suffix(".kosent"))
    found: dict[str, Model] = {
        "fresh": trained,
        "folder": kosent.load(folder),
        "file": kosent.load(file),
        "format 1": kosent.load(GOLDEN / "format-1-lstm"),
        "int8": kosent.load_pretrained(),
        "ensemble, loaded": kosent.load(GOLDEN / "ensemble-1.kosent"),
    }
    found["ensemble, fresh"] = Ensemble([trained, found["file"]]).fit(*reviews)
    shutil.rmtree(folder)
    file.unlink()
    return found


KINDS = ("fresh", "folder", "file", "format 1", "int8", "ensemble, loaded", "ensemble, fresh")


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, models: dict[str, Model]) -> Model:
    return models[request.param]


def by_pickle(model: Model) -> Any:
    return pickle.loads(pickle.dumps(model))  # noqa: S301  made here


def by_joblib(model: Model) -> Any:
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    return joblib.load(file)


@pytest.mark.parametrize(
    "travel",
    [by_pickle, by_joblib, copy.copy, copy.deepcopy],
    ids=["pickle", "joblib", "copy", "deepcopy"],
)
def test_it_arrives_whole(model: Model, travel: Travel) -> None:
    arrived = travel(model)
    assert type(arrived) is type(model)
    assert np.array_equal(arrived.predict_proba(TEXTS), model.predict_proba(TEXTS))
    assert arrived.info_ == model.info_


@pytest.fixture(scope="module")
def pool() -> Any:
    """Return a pool of one new process, which the tests share."""
    with multiprocessing.get_context("spawn").Pool(1) as started:
        yield started


def test_it_works_in_a_new_process(model: Model, pool: Pool) -> None:
    there = pool.apply(model.predict_proba, (TEXTS,))
    assert np.array_equal(there, model.predict_proba(TEXTS))


@pytest.mark.parametrize("kind", ["fresh", "folder", "file", "int8"])
def test_it_is_saved_in_a_new_process(kind: str, models: dict[str, Model], pool: Pool) -> None:
    model = models[kind]
    assert isinstance(model, TextClassifier)
    assert pool.apply(model.to_bytes) == model.to_bytes()


def test_an_error_comes_back_from_a_new_process(models: dict[str, Model], pool: Pool) -> None:
    with pytest.raises(kosent.KosentError, match="not a string"):
        pool.apply(models["folder"].predict_proba, ([3],))


@pytest.mark.parametrize("travel", [by_joblib, copy.deepcopy], ids=["joblib", "deepcopy"])
@pytest.mark.parametrize("kind", ["fresh", "folder", "file"])
def test_its_keras_model_is_built_where_it_arrives(
    kind: str, travel: Travel, models: dict[str, Model], trained: TextClassifier
) -> None:
    arrived = travel(models[kind])
    assert "_model_" not in vars(arrived)
    expected, found = (each.model_.get_weights() for each in (trained, arrived))
    assert all(np.array_equal(*pair) for pair in zip(expected, found, strict=True))


@pytest.mark.parametrize("name", ["model", "model.kosent"])
def test_it_outlives_its_file(
    name: str, trained: TextClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    trained.save(name)
    model = kosent.load(name)
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(home)
    assert isinstance(model, TextClassifier)
    assert model.to_bytes() == trained.to_bytes()
    again = kosent.load(model.save(tmp_path / name))
    assert np.array_equal(again.predict_proba(TEXTS), trained.predict_proba(TEXTS))
    assert np.array_equal(model.model_.get_weights()[0], trained.model_.get_weights()[0])


def test_scikit_learn_trains_in_processes_and_returns_the_models(reviews: Reviews) -> None:
    from sklearn.model_selection import cross_validate

    options = {"longest": 2, "buckets": 64, "embedding_size": 0}  # solved, without TensorFlow
    classifier = TextClassifier(
        "ngrams", tokenizer="character", architecture_options=options, validation_fraction=0.2
    )
    found = cross_validate(
        classifier, *map(np.array, reviews), cv=2, n_jobs=2, return_estimator=True
    )
    assert (found["test_score"] > 0.5).all()
    for each in found["estimator"]:
        assert each.predict_proba(TEXTS).shape == (4, 2)


def in_a_fork(work: Callable[[], object]) -> int:
    """Return 5 where a forked child refuses to work, saying "spawn", and 0 where it works."""
    with warnings.catch_warnings(action="ignore"):  # Python warns of threads, from 3.12 on
        child = os.fork()
    if child == 0:
        signal.alarm(120)  # instead of hanging
        code = 1
        try:
            work()
            code = 0
        except RuntimeSetupError as error:
            code = error.exit_code if "'spawn'" in error.english else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_training_in_a_fork_is_refused_where_it_would_hang(
    models: dict[str, Model], tiny: dict[str, Any], reviews: Reviews
) -> None:
    assert tensorflow_ran()  # the fixture has trained
    assert in_a_fork(lambda: TextClassifier(**tiny).fit(*reviews)) == 5
    loaded = copy.deepcopy(models["folder"])
    assert in_a_fork(lambda: loaded.model_) == 5  # type: ignore[union-attr]
    assert in_a_fork(lambda: loaded.predict_proba(TEXTS)) == 0
    refuse_fork()  # not in this process


@pytest.mark.parametrize("context", [None, SimpleNamespace(_initialized=False)])
def test_tensorflow_that_was_only_imported_forbids_nothing(
    context: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = SimpleNamespace(_context=context)
    monkeypatch.setitem(sys.modules, "tensorflow.python.eager.context", module)
    assert not tensorflow_ran()
    assert in_a_fork(refuse_fork) == 0
