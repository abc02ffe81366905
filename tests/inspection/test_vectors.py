"""The vectors of a sentence in a saved model."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent import TextClassifier
from kosent.bundles import model as bundle
from kosent.errors import UsageError
from kosent.inspection.vectors import sentence_vectors, vectors_file


@pytest.fixture(scope="module")
def two_tables(
    tiny: dict[str, Any], reviews: tuple[list[str], list[str]], tmp_path_factory: Any
) -> Path:
    options = {"embedding_size": 3, "units": 2, "filters": 2, "shared_embedding": False}
    given = tiny | {"architecture": "hybrid", "architecture_options": options, "epochs": 1}
    model = TextClassifier(**given).fit(*reviews)
    return model.save(tmp_path_factory.mktemp("two") / "model")


def test_one_table(saved: Path, trained: TextClassifier) -> None:
    found = sentence_vectors(bundle.read(saved), "영화가 너무 처음보는말", neighbours=2)
    assert found.tokens == ("영화가", "너무", "<unk>")
    assert list(found.vectors) == ["embedding"]
    assert found.cosines is None
    table = next(np.asarray(w) for w in trained.model_.weights if w.path == "embedding/embeddings")
    ids = trained.encoder_.encode(["영화가 너무 처음보는말"]).ids
    np.testing.assert_array_equal(found.vectors["embedding"], table[ids])
    vocabulary = trained.encoder_.vocabulary.entries
    for token, near in zip(ids, found.neighbours["embedding"], strict=True):
        norms = np.linalg.norm(table, axis=1) * np.linalg.norm(table[token])
        cosines = table @ table[token] / norms
        others = [number for number in range(1, len(table)) if number != token]
        best = max(others, key=lambda number: cosines[number])
        assert near[0][0] == vocabulary[best]
        assert near[0][1] == pytest.approx(cosines[best], abs=1e-6)
        assert near[0][1] >= near[1][1]
        assert len(near) == 2


def test_two_tables(two_tables: Path) -> None:
    found = sentence_vectors(bundle.read(two_tables), "영화가 너무")
    one, other = (found.vectors[name] for name in ("embedding_cnn", "embedding_lstm"))
    assert one.shape == other.shape == (2, 3)
    expected = (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert found.cosines is not None
    np.testing.assert_allclose(found.cosines, expected, atol=1e-6)


def test_two_tables_in_one_array(two_tables: Path) -> None:
    found = sentence_vectors(bundle.read(two_tables), "영화가 너무")
    written = np.load(io.BytesIO(vectors_file(found, ".npy")), allow_pickle=False)
    assert written.dtype == np.float32
    np.testing.assert_array_equal(written[0], found.vectors["embedding_cnn"])
    np.testing.assert_array_equal(written[1], found.vectors["embedding_lstm"])


def test_wrong_number_of_neighbours(saved: Path) -> None:
    with pytest.raises(UsageError, match="neighbours must be"):
        sentence_vectors(bundle.read(saved), "영화가", neighbours=0)


def test_a_network_without_a_table(
    tiny: dict[str, Any], reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    options = {"onehot": True, "units": 2, "bidirectional": False}
    given = {"architecture": "simple_rnn", "architecture_options": options, "epochs": 1}
    path = TextClassifier(**tiny | given).fit(*reviews).save(tmp_path / "model")
    with pytest.raises(UsageError, match="'simple_rnn' has no embedding"):
        sentence_vectors(bundle.read(path), "영화가")


@pytest.mark.parametrize("size", [0, 3])
def test_a_table_of_ngrams_holds_no_tokens(
    size: int, reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    """Its rows are found by hashes of n-grams; those of the tokens' ids say something else."""
    options = {"buckets": 64, "embedding_size": size}
    trained = TextClassifier(
        "ngrams", tokenizer="whitespace", architecture_options=options, epochs=1
    ).fit(*reviews)
    with pytest.raises(UsageError, match="'ngrams' has no vectors of tokens"):
        sentence_vectors(bundle.read(trained.save(tmp_path / "model")), "영화가")
