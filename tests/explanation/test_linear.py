"""Scores of n-grams read off a network, against the same sums by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from kosent.architectures.hashing import hashed_rows
from kosent.explanation.games import Floats, Probabilities
from kosent.explanation.linear import Linear, Member, explain_linear
from kosent.explanation.parts import layout
from kosent.metrics.scores import sigmoid, softmax
from kosent.text.encoding.encoder import TextEncoder

TEXTS = [
    "영화가 정말 재밌다 ㅋㅋㅋㅋㅋ",
    "별로 안 좋았어요!! 돈이 아깝다.",
    "  Not a good movie,  but OK 👍 ",
    "정말재미있게봤습니다추천합니다",
]
BUCKETS = 997
SIZES = [(1, 3), (2, 4), (3, 3), (1, 1)]
SETTINGS: dict[str, dict[str, Any]] = {
    "character": {"spaces": True, "edges": True},
    "jamo": {},
    "whitespace": {"start": True},
}


class Network:
    """The network ``ngrams`` by its definition, in NumPy."""

    def __init__(self, classes: int, shortest: int, longest: int, several: bool) -> None:
        random = np.random.default_rng(classes)
        self.table = random.normal(size=(BUCKETS, classes))
        self.bias = random.normal(size=classes)
        self.sizes = shortest, longest
        self.several = several

    def scores(self, ids: npt.NDArray[np.int32]) -> Floats:
        lengths = (ids != 0).sum(axis=1)
        texts, rows = hashed_rows(ids[ids != 0], lengths, *self.sizes, BUCKETS)
        summed = np.zeros((len(ids), len(self.bias)))
        np.add.at(summed, texts, self.table[rows])
        counts = np.bincount(texts, minlength=len(ids))
        return self.bias + summed / np.sqrt(np.maximum(counts, 1))[:, None]

    def __call__(self, ids: npt.NDArray[np.int32]) -> Probabilities:
        turn = sigmoid if self.several else softmax
        return turn(self.scores(ids)).astype(np.float32)


def fitted(tokenizer: str, **options: Any) -> TextEncoder:
    settings = {"tokenizer": tokenizer, "tokenizer_options": SETTINGS[tokenizer]}
    encoder = TextEncoder(**(settings | options))
    encoder.fit_encode([*TEXTS, "가나다라마바사 " * 20])
    return encoder


def by_hand(encoder: TextEncoder, network: Network, text: str) -> Floats:
    return network.scores(encoder.encode([text]).pad())[0]


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("tokenizer", SETTINGS)
def test_base_and_parts_add_up_to_the_models_own_scores(
    tokenizer: str, sizes: tuple[int, int], several: bool
) -> None:
    encoder = fitted(tokenizer)
    network = Network(2, *sizes, several)
    layouts = [layout(text, 99) for text in [*TEXTS, "", " \t"]]
    model = Linear([Member(encoder, network, *sizes)], [0.0, 0.0], several)
    for each, found in zip(layouts, explain_linear(layouts, model), strict=True):
        scores = by_hand(encoder, network, each.text)
        expected = scores if several else np.array([scores[0] - scores[1], scores[1] - scores[0]])
        np.testing.assert_allclose(found.base + found.parts.sum(axis=0), expected, atol=1e-4)
        assert found.parts.shape == (len(each), 2)


def test_each_ngram_goes_to_the_characters_that_it_covers() -> None:
    encoder = fitted("character")
    network = Network(2, 2, 2, several=True)
    text = "좋다 봐"
    ids = encoder.encode([text]).ids  # " 좋다 봐 "
    pairs = np.stack([ids[:-1], ids[1:]], axis=1)
    (found,) = explain_linear(
        [layout(text, 9)], Linear([Member(encoder, network, 2, 2)], [0, 0], True)
    )
    own = (network.scores(pairs.astype(np.int32)) - network.bias) / np.sqrt(len(pairs))
    # " 좋" "좋다" "다 " count for the first word alone, " 봐" "봐 " for the second
    np.testing.assert_allclose(found.parts, [own[:3].sum(axis=0), own[3:].sum(axis=0)], atol=1e-5)


def test_more_than_two_classes_add_up_and_bring_out_the_right_sign() -> None:
    encoder = fitted("character")
    network = Network(5, 1, 3, several=False)
    layouts = [layout(text, 99) for text in TEXTS]
    model = Linear([Member(encoder, network, 1, 3)], [0.0] * 5, False)
    for each, found in zip(layouts, explain_linear(layouts, model), strict=True):
        p = softmax(by_hand(encoder, network, each.text)[None])[0]
        expected = np.log(p / (1 - p))
        np.testing.assert_allclose(found.base + found.parts.sum(axis=0), expected, atol=1e-4)


def test_an_ensemble_of_linear_members_is_linear() -> None:
    members = [(fitted("character"), (1, 3), 0.7), (fitted("jamo"), (2, 4), 1.9)]
    networks = [Network(3, *sizes, several=False) for _, sizes, _ in members]
    linear = [
        Member(encoder, network, *sizes, weight)
        for (encoder, sizes, weight), network in zip(members, networks, strict=True)
    ]
    bias = [0.2, -0.1, 0.0]
    for text in TEXTS:
        (found,) = explain_linear([layout(text, 99)], Linear(linear, bias, False))
        scores = np.array(bias)
        for (encoder, _, weight), network in zip(members, networks, strict=True):
            scores = scores + weight * by_hand(encoder, network, text)
        p = softmax(scores[None])[0]
        np.testing.assert_allclose(
            found.base + found.parts.sum(axis=0), np.log(p / (1 - p)), atol=1e-4
        )


@pytest.mark.parametrize("truncate", ["post", "pre"])
def test_what_the_model_does_not_read_adds_nothing(truncate: str) -> None:
    encoder = fitted("whitespace", max_length=3, truncate=truncate, tokenizer_options={})
    network = Network(2, 1, 2, several=True)
    text = "영화가 정말 재밌다 돈이 아깝다"
    (found,) = explain_linear(
        [layout(text, 9)], Linear([Member(encoder, network, 1, 2)], [0, 0], True)
    )
    unread = [3, 4] if truncate == "post" else [0, 1]
    assert not found.parts[unread].any()
    read = [part for part in range(5) if part not in unread]
    assert found.parts[read].all()


def test_unknown_tokens_that_are_left_out_add_nothing() -> None:
    encoder = fitted("whitespace", drop_unknown=True, tokenizer_options={}, min_count=1)
    network = Network(2, 1, 2, several=True)
    model = Linear([Member(encoder, network, 1, 2)], [0, 0], True)
    texts: Sequence[str] = ["모르는말 정말 처음보는말", "모르는말"]
    mixed, none = explain_linear([layout(text, 9) for text in texts], model)
    assert mixed.parts.any(axis=1).tolist() == [False, True, False]
    assert not none.parts.any()
    for text, found in zip(texts, (mixed, none), strict=True):
        scores = by_hand(encoder, network, text)
        np.testing.assert_allclose(found.base + found.parts.sum(axis=0), scores, atol=1e-4)
