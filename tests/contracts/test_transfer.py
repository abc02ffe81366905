"""What starts from a saved model, of every network: of one label a text or several, and to both."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pytest

import kosent
from kosent import TextClassifier
from kosent.architectures import ARCHITECTURES
from kosent.models.transfer import features, solve_head, with_head

Reviews = tuple[list[str], list[str]]

QUICK = {"epochs": 1, "batch_size": 16, "validation_fraction": 0.2}
ELSEWHERE = """
import json, sys
import kosent
for line in sys.stdin:
    path, texts = json.loads(line)
    print(json.dumps(kosent.load(path).predict_proba(texts).tolist()), flush=True)
"""


@pytest.fixture(scope="module")
def without_tracing_here() -> Any:
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Callable[[Path, list[str]], list[list[float]]]]:
    """Return what loads a model and asks it in another process, which has trained none."""
    line = [sys.executable, "-c", ELSEWHERE]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        to_child, from_child = cast(IO[str], child.stdin), cast(IO[str], child.stdout)

        def ask(path: Path, texts: list[str]) -> list[list[float]]:
            print(json.dumps([str(path), texts]), file=to_child, flush=True)
            found: list[list[float]] = json.loads(from_child.readline())
            return found

        yield ask
        to_child.close()
    assert child.returncode == 0


def in_sets(labels: list[str]) -> list[list[str]]:
    """Return the labels as sets: some texts have two, some none."""
    both = {5: ["negative", "positive"], 6: []}
    return [both.get(number % 8, [label]) for number, label in enumerate(labels)]


@pytest.fixture(scope="module")
def start(
    request: pytest.FixtureRequest,
    reviews: Reviews,
    tiny_networks: dict[str, dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
    without_tracing_here: None,
) -> Path:
    """Return a saved classifier of a network, of two labels."""
    name, multilabel = request.param
    texts, labels = reviews
    model = TextClassifier(
        name,
        tokenizer="whitespace",
        architecture_options=tiny_networks[name],
        multilabel=multilabel,
        **QUICK,
    )
    model.fit(texts, in_sets(labels) if multilabel else labels)
    return model.save(tmp_path_factory.mktemp(name) / "start.kosent")


# Of several labels those whose layers differ from those of two classes, in number or in size.
SEVERAL = ("flat_hybrid", "ngram_gru")
STARTS = [(name, False) for name in ARCHITECTURES] + [(name, True) for name in SEVERAL]
every_start = pytest.mark.parametrize(
    "start",
    STARTS,
    indirect=True,
    scope="module",
    ids=[f"{name}-{'several' if multilabel else 'one'}" for name, multilabel in STARTS],
)


def three(reviews: Reviews, multilabel: bool = False) -> tuple[list[str], Any]:
    """Return the reviews with a third label."""
    texts = reviews[0] + [f"{text} 그저 그렇다" for text in reviews[0][:30]]
    labels = reviews[1] + ["neutral"] * 30
    return texts, in_sets(labels) if multilabel else labels


@every_start
@pytest.mark.parametrize("transfer", ["head", "all"])
@pytest.mark.parametrize("multilabel", [False, True], ids=["to_one", "to_several"])
def test_it_learns_other_labels_and_travels(
    start: Path,
    multilabel: bool,
    transfer: str,
    reviews: Reviews,
    elsewhere: Callable[[Path, list[str]], list[list[float]]],
    tmp_path: Path,
) -> None:
    texts, labels = three(reviews, multilabel)
    model = TextClassifier(start=str(start), transfer=transfer, multilabel=multilabel, **QUICK)
    model.fit(texts, labels)
    first = kosent.load(start)
    assert isinstance(first, TextClassifier)
    assert model.classes_.tolist() == ["negative", "neutral", "positive"]
    assert model.trained_.design.name == first.trained_.design.name
    assert model.encoder_.vocabulary.entries == first.encoder_.vocabulary.entries
    about = model.info_["start"]
    assert (about["name"], about["transfer"]) == ("start.kosent", transfer)
    assert about["labels"] == ["negative", "positive"]
    same_kind = multilabel == (first.thresholds_ is not None)
    assert about.get("keep") == (None if transfer == "head" else float(same_kind))
    assert model.trained_.design.multilabel == multilabel
    assert (model.thresholds_ is not None) == multilabel
    assert model.history_ == model.info_["history"]
    body_stays = [
        path
        for path, array in first.trained_.weights().items()
        if not path.startswith("probabilities") and path in model.trained_.weights()
        if np.array_equal(array, model.trained_.weights()[path])
    ]
    changed = len(first.trained_.weights()) - 2 - len(body_stays)
    assert changed == 0 if transfer == "head" else changed > 0
    saved = model.save(tmp_path / "model.kosent")
    loaded = TextClassifier.load(saved)
    expected = model.predict_proba(texts[:20])
    assert np.array_equal(loaded.predict_proba(texts[:20]), expected)
    loaded.check()  # its own settings, named, are those of the start
    np.testing.assert_allclose(elsewhere(saved, texts[:20]), expected, atol=1e-6)


@every_start
@pytest.mark.parametrize("multilabel", [False, True], ids=["to_one", "to_several"])
def test_the_model_in_keras_is_the_same(start: Path, multilabel: bool, reviews: Reviews) -> None:
    model = TextClassifier(start=str(start), multilabel=multilabel, **QUICK)
    model.fit(*three(reviews, multilabel))
    ids = model.encoder_.encode(reviews[0][:8])
    found = np.asarray(model.model_.predict_on_batch(ids.pad(np.arange(8))))
    np.testing.assert_allclose(found, model.predict_proba(reviews[0][:8]), atol=1e-5)


@every_start
def test_a_head_of_ones_own(start: Path, reviews: Reviews) -> None:
    first = kosent.load(start)
    assert isinstance(first, TextClassifier)
    found = features(first, reviews[0])
    numbers = (np.arange(80) % 5).astype(np.int32)
    head = solve_head(found, numbers, 5, strengths=[1.0])
    model = with_head(first, head.kernel, head.bias, list("abcde"))
    scores = found @ head.kernel + head.bias
    expected = np.exp(scores - scores.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(reviews[0]), expected, atol=1e-5)
    with pytest.raises(ValueError, match="2 labels for 5 columns"):
        with_head(first, head.kernel, head.bias, ["a", "b"])
