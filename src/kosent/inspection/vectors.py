"""The vectors that a trained network gives to the tokens of a sentence, and their neighbours."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.architectures.networks.ngrams import TABLE
from kosent.bundles.model import Bundle, prediction_only
from kosent.errors import UsageError
from kosent.support.checks import check_count
from kosent.text.encoding.encoder import TextEncoder

Vectors = npt.NDArray[np.float32]

FILES = (".npz", ".npy")
_SUFFIX = "/embeddings"


@dataclass(frozen=True, slots=True, eq=False)
class SentenceVectors:
    """A sentence in the embedding tables of a network.

    Attributes:
        tokens: Its ``T`` tokens, as the network sees them.
        vectors: float32 ``(T, E)`` of each table, by the table's name.
        neighbours: Of each table, the nearest entries of each token with their cosines.
        cosines: float32 ``(T,)``, how alike two tables see a token; ``None`` unless there are two.
            Tables that start apart at random are at 0: what is above it was learned by both.
    """

    tokens: tuple[str, ...]
    vectors: dict[str, Vectors]
    neighbours: dict[str, list[list[tuple[str, float]]]]
    cosines: Vectors | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "tokens": list(self.tokens),
            "cosines": None if self.cosines is None else self.cosines.tolist(),
            "tables": {
                name: {"vectors": vectors.tolist(), "neighbours": self.neighbours[name]}
                for name, vectors in self.vectors.items()
            },
        }


def sentence_vectors(saved: Bundle, text: str, *, neighbours: int = 3) -> SentenceVectors:
    """Look a sentence up in every embedding table of a saved model.

    Args:
        saved: The model.
        text: A sentence; it goes through the model's encoder.
        neighbours: Nearest entries to give for each token.

    Raises:
        BundleError: If the model was saved for prediction only, without weights.
        UsageError: If the network has no embedding table, or ``neighbours`` is no whole number.
    """
    check_count("neighbours", neighbours)
    if saved.load_weights is None:
        raise prediction_only()
    weights = saved.load_weights()
    tables = {
        path.removesuffix(_SUFFIX): weights[path]
        for path in sorted(weights)
        if path.endswith(_SUFFIX)
    }
    if TABLE in tables:  # its rows are hashes of n-grams, not tokens
        raise UsageError(
            f"'{saved.architecture.name}' 신경망에는 토큰의 벡터가 없습니다. 표의 행은 n-gram의 "
            "점수나 벡터이며, n-gram의 해시로만 찾을 수 있습니다",
            f"the network '{saved.architecture.name}' has no vectors of tokens: the rows of its "
            "table are scores or vectors of n-grams, found by the n-grams' hashes alone",
        )
    if not tables:
        raise UsageError(
            f"'{saved.architecture.name}' 신경망에 임베딩이 없습니다",
            f"the network '{saved.architecture.name}' has no embedding",
        )
    ids = saved.encoder.encode([text]).ids
    vectors = {name: table[ids] for name, table in tables.items()}
    both = [_unit(each) for each in vectors.values()]
    return SentenceVectors(
        tokens=tuple(saved.encoder.vocabulary.tokens(ids.tolist())),
        vectors=vectors,
        neighbours={
            name: _nearest(table, ids, saved.encoder, neighbours) for name, table in tables.items()
        },
        cosines=(both[0] * both[1]).sum(axis=1) if len(both) == 2 else None,
    )


def vectors_file(sentence: SentenceVectors, suffix: str) -> bytes:
    """Return the vectors as a file of NumPy.

    Args:
        sentence: A sentence's vectors.
        suffix: ``".npz"`` for each table ``(T, E)`` under its name; ``".npy"`` for one array,
            ``(T, E)`` of one table, ``(tables, T, E)`` of more in the order of their names.

    Raises:
        UsageError: If it is another one.
    """
    data = io.BytesIO()
    if suffix == ".npz":
        tables: Any = sentence.vectors  # a table may not be named allow_pickle, and none is
        np.savez(data, **tables)
    elif suffix == ".npy":
        stacked = np.stack(list(sentence.vectors.values()))
        np.save(data, stacked[0] if len(stacked) == 1 else stacked, allow_pickle=False)
    else:
        listed = ", ".join(FILES)
        raise UsageError(
            f"벡터를 쓸 파일의 이름은 {listed} 가운데 하나로 끝나야 합니다: {suffix!r}",
            f"the file for the vectors must end in one of {listed}. Received: {suffix!r}",
        )
    return data.getvalue()


def _nearest(
    table: Vectors, ids: npt.NDArray[np.int32], encoder: TextEncoder, count: int
) -> list[list[tuple[str, float]]]:
    """Return the entries with the highest cosine to each id, itself and padding left out."""
    unit = _unit(table)  # (V, E)
    alike = unit[ids] @ unit.T  # (T, V)
    alike[:, 0] = -np.inf
    alike[np.arange(len(ids)), ids] = -np.inf
    best = np.argsort(-alike, axis=1, kind="stable")[:, : min(count, len(table) - 2)]
    return [
        [(encoder.vocabulary.entries[other], float(row[other])) for other in chosen]
        for row, chosen in zip(alike, best, strict=True)
    ]


def _unit(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1), np.float32)
