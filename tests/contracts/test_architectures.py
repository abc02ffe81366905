"""What every network of the table has to keep to; a new one is held to it by its row."""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime as ort
import pytest

from kosent import architectures
from kosent.architectures import ARCHITECTURES
from kosent.architectures.onnx.body import FEATURES, body
from kosent.errors import UsageError
from kosent.metrics.scores import softmax
from kosent.prediction.network import Network
from kosent.prediction.onnx_check import check_onnx

if TYPE_CHECKING:
    import keras

VOCABULARY = 13
LONGEST = 12
TOLERANCE = 1e-5

# Options beside the tiny ones, so that each way through a network's function is walked.
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "lstm": [
        {},
        {"pooling": "last"},
        {"bidirectional": False, "pooling": "last"},
        {"depth": 2, "bidirectional": False},
        {"depth": 2, "pooling": "last"},
        {"onehot": True, "sigmoid": True},
        {"recurrent_dropout": 0.5, "bidirectional": False},
    ],
    "gru": [
        {},
        {"bidirectional": False, "pooling": "last"},
        {"depth": 2, "pooling": "last"},
        {"pooling": "mean"},
    ],
    "hybrid": [{}, {"shared_embedding": False}, {"widths": (1, 4)}],
    "cnn_bilstm": [
        {},
        {"pool_size": 1},
        {"pool_size": 5},
        {"valid": True, "plain_dropout": True, "sigmoid": True},
        {"valid": True, "width": 1},
    ],
    "simple_rnn": [
        {},
        {"bidirectional": False, "pooling": "last", "depth": 4},
        {"onehot": True, "bidirectional": False, "pooling": "last", "sigmoid": True},
    ],
    "flat_hybrid": [
        {},
        {"shared_embedding": False, "valid": True, "dense_units": 3, "length": 20},
        {"sigmoid": False, "length": 1},
    ],
    "ngrams": [{}, {"embedding_size": 3, "shortest": 2}, {"longest": 2, "shortest": 4}],
    "ngram_gru": [{}, {"shortest": 2, "pool_size": 1}, {"longest": 2, "shortest": 3, "width": 1}],
    "vectors": [{}, {"frozen": True, "embedding_size": 4}],
}
FROZEN = {"ngram_gru": ["scores/scores"]}  # learned before the rest, and left as they are then
UNORDERED = {"vectors"}  # of which the order of the tokens is nothing to them
CASES = [(name, extra) for name in ARCHITECTURES for extra in VARIANTS[name]]
IDS = [f"{name}-{'-'.join(map(str, extra)) or 'default'}" for name, extra in CASES]


@dataclass(frozen=True)
class Pair:
    """A network and the same in ONNX."""

    model: keras.Model
    weights: dict[str, np.ndarray]
    write: Callable[..., bytes]
    read: Callable[[bytes], dict[str, np.ndarray]]

    def session(self, **options: Any) -> ort.InferenceSession:
        return ort.InferenceSession(self.write(**options), providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def pair(request: pytest.FixtureRequest, tiny_networks: dict[str, dict[str, Any]]) -> Pair:
    name, extra = request.param
    options = tiny_networks[name] | extra
    model = with_random_weights(architectures.build(name, VOCABULARY, 3, **options))
    weights = {weight.path: np.asarray(weight) for weight in model.weights}

    def write(changed: dict[str, np.ndarray] | None = None, **more: Any) -> bytes:
        given = weights if changed is None else changed
        return architectures.to_onnx(name, VOCABULARY, 3, given, **options | more)

    def read(onnx: bytes) -> dict[str, np.ndarray]:
        return architectures.from_onnx(name, VOCABULARY, 3, onnx, **options)

    return Pair(model, weights, write, read)


@pytest.fixture(scope="module")
def network(pair: Pair) -> keras.Model:
    return pair.model


every_pair = every_network = pytest.mark.parametrize(
    "pair", CASES, ids=IDS, indirect=True, scope="module"
)
every_name = pytest.mark.parametrize("name", ARCHITECTURES)


def with_random_weights(model: keras.Model) -> keras.Model:
    """Give a network weights that hide nothing: fresh biases are 0, which makes padding 0 too."""
    rng = np.random.default_rng(5)
    model.set_weights([rng.normal(0, 0.7, weight.shape) for weight in model.get_weights()])
    return model


def rows_of_every_length() -> list[list[int]]:
    """Return a row of each length up to ``LONGEST``, the longest not last, and a row of none."""
    rng = np.random.default_rng(3)
    lengths = [5, 12, 1, 2, 0, 3, 4, 6, 11, 7, 8, 9, 10]
    return [rng.integers(1, VOCABULARY, length).tolist() for length in lengths]


def padded(rows: list[list[int]], width: int) -> np.ndarray:
    return np.array([row + [0] * (width - len(row)) for row in rows], np.int32)


def outputs(model: keras.Model, ids: np.ndarray) -> np.ndarray:
    return np.asarray(traced(model)(ids))


@lru_cache(maxsize=1)
def traced(model: keras.Model) -> Callable[[np.ndarray], Any]:
    """Trace a network once for all shapes; tests of one network follow each other."""
    import tensorflow as tf

    shape = tf.TensorSpec((None, None), tf.int32)
    return tf.function(lambda ids: model(ids, training=False), input_signature=[shape])


def test_the_cases_name_every_network(tiny_networks: dict[str, dict[str, Any]]) -> None:
    assert set(VARIANTS) == set(ARCHITECTURES) == set(tiny_networks)


@every_network
def test_rows_are_probabilities(network: keras.Model) -> None:
    rows = rows_of_every_length()
    found = outputs(network, padded(rows, LONGEST))
    assert found.shape == (len(rows), 3)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    assert found.min() > 0
    assert np.ptp(found[:, 0]) > 0.01, "the texts make no difference: the test would see nothing"


@every_network
def test_padded_length_does_not_matter(network: keras.Model) -> None:
    rows = rows_of_every_length()
    narrow = outputs(network, padded(rows, LONGEST))
    for width in (LONGEST + 1, LONGEST + 2, LONGEST + 7):
        wide = outputs(network, padded(rows, width))
        assert np.abs(wide - narrow).max() < TOLERANCE, f"width {width}"


@every_network
def test_a_row_alone_equals_the_row_in_a_batch(network: keras.Model) -> None:
    rows = rows_of_every_length()
    together = outputs(network, padded(rows, LONGEST))
    for row, expected in zip(rows, together, strict=True):
        alone = outputs(network, padded([row], max(1, len(row))))[0]
        assert np.abs(alone - expected).max() < TOLERANCE, f"length {len(row)}"


@every_network
def test_order_of_tokens_matters(network: keras.Model) -> None:
    forward = outputs(network, np.array([[2, 3, 4, 5, 6]], np.int32))
    backward = outputs(network, np.array([[6, 5, 4, 3, 2]], np.int32))
    assert (np.abs(forward - backward).max() < TOLERANCE) == (network.name in UNORDERED)


@every_name
@pytest.mark.parametrize("classes", [2, 5])
def test_number_of_classes(name: str, classes: int, tiny_networks: dict[str, Any]) -> None:
    model = architectures.build(name, VOCABULARY, classes, **tiny_networks[name])
    assert model.output_shape == (None, classes)
    assert model.input_shape == (None, None)
    assert model.input.dtype == "int32"
    assert not model.compiled


@pytest.mark.parametrize(("name", "extra"), CASES, ids=IDS)
@pytest.mark.parametrize("classes", [2, 5])
def test_of_several_labels_a_text_each_is_a_yes_or_no(
    name: str, extra: dict[str, Any], classes: int, tiny_networks: dict[str, Any]
) -> None:
    options = tiny_networks[name] | extra
    model = architectures.build(name, VOCABULARY, classes, multilabel=True, **options)
    weights = {weight.path: np.asarray(weight) for weight in with_random_weights(model).weights}
    ids = padded(rows_of_every_length(), LONGEST)
    found = np.asarray(model(ids))
    assert found.shape == (len(ids), classes)
    assert ((found > 0) & (found < 1)).all()
    assert np.ptp(found.sum(axis=1)) > 1e-3  # as it is not where they share out 1
    written = architectures.to_onnx(name, VOCABULARY, classes, weights, multilabel=True, **options)
    check_onnx(written)
    session = ort.InferenceSession(written, providers=["CPUExecutionProvider"])
    (there,) = session.run(None, {"ids": ids})
    assert np.abs(there - found).max() < TOLERANCE
    shapes = architectures.weight_shapes(name, VOCABULARY, classes, multilabel=True, **options)
    assert shapes == {path: array.shape for path, array in weights.items()}


@every_name
def test_a_gradient_reaches_every_weight(name: str, tiny_networks: dict[str, Any]) -> None:
    import keras

    options = tiny_networks[name] | {"dropout": 0.0}
    model = with_random_weights(architectures.build(name, VOCABULARY, 3, **options))
    before = model.get_weights()
    model.compile(keras.optimizers.SGD(1.0), "sparse_categorical_crossentropy", run_eagerly=True)
    rows = rows_of_every_length()
    model.train_on_batch(padded(rows, LONGEST), np.arange(len(rows)) % 3)
    still = [
        weight.path
        for weight, old in zip(model.weights, before, strict=True)
        if np.array_equal(weight, old)
    ]
    assert still == FROZEN.get(name, [])
    assert len(model.trainable_weights) == len(model.weights) - len(still)


@every_name
def test_weight_paths_are_stable_and_distinct(name: str, tiny_networks: dict[str, Any]) -> None:
    first, second = (
        [
            (weight.path, tuple(weight.shape))
            for weight in architectures.build(name, VOCABULARY, 2, **tiny_networks[name]).weights
        ]
        for _ in range(2)
    )
    assert first == second
    assert len({path for path, _ in first}) == len(first)


@every_name
def test_building_gives_no_warning(name: str, tiny_networks: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = architectures.build(name, VOCABULARY, 2, **tiny_networks[name])
        model(np.array([[3, 4, 0]], np.int32))


@every_name
def test_the_same_seed_gives_the_same_weights(name: str, tiny_networks: dict[str, Any]) -> None:
    from kosent.training.fit import seeded

    def weights(seed: int) -> list[np.ndarray]:
        with seeded(seed):
            return architectures.build(name, VOCABULARY, 2, **tiny_networks[name]).get_weights()

    assert all(map(np.array_equal, weights(1), weights(1)))
    assert not all(map(np.array_equal, weights(1), weights(2)))


@every_name
def test_every_option_changes_the_network(name: str, tiny_networks: dict[str, Any]) -> None:
    other = {
        "embedding_size": 5,
        "units": 4,
        "depth": 2,
        "bidirectional": False,
        "pooling": "last",
        "dropout": 0.25,
        "filters": 4,
        "widths": (1, 2, 3),
        "width": 2,
        "pool_size": 3,
        "shared_embedding": False,
        "input_dropout": 0.25,
        "recurrent_dropout": 0.25,
        "onehot": True,
        "sigmoid": not architectures.options(name).get("sigmoid"),
        "valid": True,
        "plain_dropout": True,
        "dense_units": 4,
        "dense_dropout": 0.25,
        "length": 3,
        "shortest": 2,
        "longest": 4,
        "buckets": 9,
        "folds": 3,
        "score_size": 2,
        "frozen": True,
    }
    needed: dict[str, dict[str, Any]] = {  # what the option is about is not always there
        "dense_dropout": {"dense_units": 3},
        "dropout": {"embedding_size": 4},
    }
    of_the_solver = {"l2", "weighting"}  # tests/training/test_solver.py
    for option in architectures.options(name).keys() - of_the_solver:
        base = tiny_networks[name] | needed.get(option, {})
        before, after = (
            architectures.build(name, VOCABULARY, 2, **given).to_json()
            for given in (base, base | {option: other[option]})
        )
        assert before != after, option


@every_name
def test_options_are_the_keyword_arguments(name: str) -> None:
    function = getattr(architectures, name)
    assert inspect.isfunction(function)
    assert function.__name__ == name
    signature = inspect.signature(function)
    assert list(signature.parameters)[:3] == ["vocabulary_size", "classes", "multilabel"]
    assert architectures.options(name) == {
        option: signature.parameters[option].default for option in list(signature.parameters)[3:]
    }


@every_name
def test_every_argument_is_described(name: str) -> None:
    function = getattr(architectures, name)
    described = re.findall(r"^    (\w+): ", inspect.getdoc(function) or "", re.MULTILINE)
    assert described == list(inspect.signature(function).parameters)


@every_name
def test_a_row_says_in_both_languages_what_the_network_is(name: str) -> None:
    row = ARCHITECTURES[name]
    assert re.search("[가-힣]", row.korean)
    assert re.search("[a-z]", row.english)
    assert not re.search("[가-힣]", row.english)


@every_name
def test_every_option_has_bounds_that_hold(name: str) -> None:
    bounds = architectures.bounds(name)
    assert list(bounds) == list(architectures.options(name))
    for option, rule in bounds.items():
        for value in rule.inside:
            architectures.check(name, {option: value})
        for value in rule.outside:
            with pytest.raises(UsageError, match=f"{option} must be"):
                architectures.check(name, {option: value})


TRAINERS = {"ngrams": "solved", "ngram_gru": "scored"}  # of those that Keras does not learn alone


@every_name
def test_what_learns_a_network_is_in_its_row(name: str) -> None:
    assert architectures.trainer(name, {}) == TRAINERS.get(name, "keras")


def test_ngrams_of_more_than_a_score_are_learned_by_keras() -> None:
    assert architectures.trainer("ngrams", {"embedding_size": 3}) == "keras"
    assert architectures.trainer("ngrams", {"embedding_size": np.int64(0)}) == "solved"


def test_type_checkers_see_every_network() -> None:
    tree = ast.parse(Path(architectures.__file__).read_text())
    (hints,) = (node for node in tree.body if isinstance(node, ast.If))
    imported = {alias.name for node in ast.walk(hints) for alias in getattr(node, "names", [])}
    assert set(ARCHITECTURES) <= imported


def random_ids(rows: int, width: int, seed: int = 11) -> np.ndarray:
    """Return ``rows`` rows of random lengths from 0 to ``width``, the first of full length."""
    rng = np.random.default_rng((seed, rows, width))
    lengths = rng.integers(0, width + 1, rows)
    lengths[0] = width
    return np.where(
        np.arange(width) < lengths[:, None], rng.integers(1, VOCABULARY, (rows, width)), 0
    ).astype(np.int32)


@every_pair
def test_onnx_gives_what_keras_gives(pair: Pair) -> None:
    session = pair.session()
    nothing = np.zeros((3, LONGEST), np.int32)
    unknown_only = np.array([[1] * 4 + [0] * 2, [1] * 6, [1] + [0] * 5], np.int32)
    batches = [random_ids(1, width) for width in range(1, LONGEST + 1)]
    batches += [random_ids(13, width) for width in range(1, LONGEST + 1)]
    batches += [random_ids(512, LONGEST), nothing, nothing[:1, :1], unknown_only]
    for ids in batches:
        (found,) = session.run(None, {"ids": ids})
        assert found.shape == (len(ids), 3)
        assert found.dtype == np.float32
        assert np.abs(found - outputs(pair.model, ids)).max() < TOLERANCE, ids.shape


@every_pair
def test_onnx_does_not_see_the_padded_length(pair: Pair) -> None:
    session = pair.session()
    rows = rows_of_every_length()
    (expected,) = session.run(None, {"ids": padded(rows, LONGEST)})
    for width in (LONGEST + 1, LONGEST + 7):
        (wide,) = session.run(None, {"ids": padded(rows, width)})
        assert np.abs(wide - expected).max() < TOLERANCE
    for row, alone in zip(rows, expected, strict=True):
        (found,) = session.run(None, {"ids": padded([row], max(1, len(row)))})
        assert np.abs(found - alone).max() < TOLERANCE


@every_pair
def test_onnx_is_the_same_file_for_the_same_weights(pair: Pair) -> None:
    backwards = dict(reversed(pair.weights.items()))
    assert pair.write() == pair.write(backwards)


# SHA-256 of the ONNX files of the tiny networks, as kosent wrote them before networks were written
# once for both forms: what is saved does not change with how it is written.
FILES = {
    "lstm": "b57ea6dbbba4d0d9",
    "gru": "cee4a47e6a71b681",
    "hybrid": "2f32b289a06228f5",
    "cnn_bilstm": "dabd836f435bafda",
    "simple_rnn": "8f8eeaf70b556ce5",
    "flat_hybrid": "0379119d8114d764",
    "ngrams": "81a61b111285647e",
    "ngram_gru": "da6c1f30ed1d3740",
    "vectors": "5beae923cb56816f",
}


@pytest.mark.parametrize("name", FILES)
def test_onnx_is_written_as_ever(name: str, tiny_networks: dict[str, dict[str, Any]]) -> None:
    options = tiny_networks[name]
    shapes = architectures.weight_shapes(name, VOCABULARY, 3, **options)
    weights = {
        path: np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        for path, shape in shapes.items()
    }
    written = architectures.to_onnx(name, VOCABULARY, 3, weights, **options)
    assert hashlib.sha256(written).hexdigest()[:16] == FILES[name]


@every_pair
def test_onnx_is_written_from_weights_that_fit_or_not_at_all(pair: Pair) -> None:
    for path, array in pair.weights.items():
        rest = {name: each for name, each in pair.weights.items() if name != path}
        for changed in (
            rest,
            rest | {path: array[None]},
            rest | {path: np.concatenate([array, array])},
            rest | {path + "x": array},
            pair.weights | {path + "x": array},
        ):
            with pytest.raises(ValueError, match="do not fit the network"):
                pair.write(changed)


@every_pair
def test_a_temperature_in_the_last_layer_divides_the_scores(pair: Pair) -> None:
    from kosent.training.calibration import divide_scores

    ids = random_ids(64, LONGEST)
    (before,) = pair.session().run(None, {"ids": ids})
    session = pair.session(changed=divide_scores(pair.weights, 1.7))
    (after,) = session.run(None, {"ids": ids})
    powers = before.astype(np.float64) ** (1 / 1.7)
    np.testing.assert_allclose(after, powers / powers.sum(axis=1, keepdims=True), atol=TOLERANCE)
    assert np.abs(after - before).max() > 0.01


@every_pair
def test_onnx_in_int8_is_near(pair: Pair) -> None:
    # As in trained networks: with the weights above every step would be saturated.
    small = {path: array * 0.3 for path, array in pair.weights.items()}
    ids = random_ids(200, LONGEST)
    exact, rounded = (
        ort.InferenceSession(pair.write(small, int8=int8)).run(None, {"ids": ids})[0]
        for int8 in (False, True)
    )
    assert 0 < np.abs(rounded - exact).max() < 0.02


@every_pair
@pytest.mark.parametrize("int8", [False, True])
def test_weights_come_back_from_onnx(pair: Pair, int8: bool) -> None:
    written = pair.write(int8=int8)
    read = pair.read(written)
    assert read.keys() == pair.weights.keys()
    if not int8:
        for path, array in pair.weights.items():
            # The row of padding, which no text has, is zeros for that.
            first = int(path.startswith("embedding"))
            assert np.array_equal(read[path][first:], array[first:]), path
    exact, again = (
        ort.InferenceSession(each).run(None, {"ids": random_ids(50, LONGEST)})[0]
        for each in (written, pair.write(read, int8=int8))
    )
    assert np.abs(exact - again).max() < 1e-6


@every_pair
def test_the_body_gives_what_the_last_layer_reads(pair: Pair) -> None:
    onnx, size = body(pair.write())
    ids = random_ids(50, LONGEST)
    features = Network(onnx, size, FEATURES)(ids)
    kernel, bias = pair.weights["probabilities/kernel"], pair.weights["probabilities/bias"]
    scores = features @ kernel + bias  # (50, 3), or (50, 2) where the first is fixed at 0
    scores = np.pad(scores, [(0, 0), (3 - scores.shape[1], 0)])
    (expected,) = pair.session().run(None, {"ids": ids})
    np.testing.assert_allclose(softmax(scores.astype(np.float64)), expected, atol=TOLERANCE)


@every_name
def test_the_body_stays_for_other_classes(name: str, tiny_networks: dict[str, Any]) -> None:
    options = tiny_networks[name]
    last = {"probabilities/kernel", "probabilities/bias"}
    shapes = architectures.weight_shapes(name, VOCABULARY, 2, **options)
    settled = architectures.settled(name, options, 2)
    for classes in (2, 3, 5):
        found = architectures.weight_shapes(name, VOCABULARY, classes, **settled)
        assert {path: found[path] for path in found.keys() - last} == {
            path: shapes[path] for path in shapes.keys() - last
        }


@pytest.mark.filterwarnings("ignore")  # of tf2onnx, which nobody keeps up to date
def test_onnx_as_keras_itself_exports_it(tiny_networks: dict[str, Any], tmp_path: Path) -> None:
    pytest.importorskip("tf2onnx", reason="Keras' own export to ONNX leans on tf2onnx")
    model = with_random_weights(architectures.build("lstm", VOCABULARY, 3, **tiny_networks["lstm"]))
    model(random_ids(2, LONGEST))  # Keras exports no model that was never called
    path = tmp_path / "keras.onnx"
    model.export(path, format="onnx", verbose=False)
    theirs = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    weights = {weight.path: np.asarray(weight) for weight in model.weights}
    ours = ort.InferenceSession(
        architectures.to_onnx("lstm", VOCABULARY, 3, weights, **tiny_networks["lstm"])
    )
    ids = random_ids(20, LONGEST)
    (expected,) = theirs.run(None, {theirs.get_inputs()[0].name: ids})
    assert np.abs(ours.run(None, {"ids": ids})[0] - expected).max() < TOLERANCE


WITHOUT_KERAS = """
import json, sys
import numpy as np
from kosent import architectures
weights = {"embedding/embeddings": np.ones((5, 2), np.float32)}
weights |= {"lstm_1/lstm_cell/kernel": np.ones((2, 8), np.float32)}
weights |= {"lstm_1/lstm_cell/recurrent_kernel": np.ones((2, 8), np.float32)}
weights |= {"lstm_1/lstm_cell/bias": np.ones(8, np.float32)}
weights |= {"probabilities/kernel": np.ones((2, 2), np.float32)}
weights |= {"probabilities/bias": np.ones(2, np.float32)}
options = {"embedding_size": 2, "units": 2, "bidirectional": False}
inside = lambda: {name[21:] for name in sys.modules if name.startswith("kosent.architectures.")}
assert inside() == {"design", "options"}
architectures.check("lstm", options)
assert inside() == {"design", "options", "definition", "networks", "networks.recurrent"}
assert architectures.to_onnx("lstm", 5, 2, weights, **options)
assert not {"keras", "tensorflow"} & set(sys.modules)
"""


def test_onnx_is_written_without_keras_or_other_networks() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_KERAS], check=True)
