"""Drawing against the library's own, which no process repeats, and repeating it all the same."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import zlib
from collections import Counter
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from kosent.corpora import load_corpus
from kosent.text.tokenizers import SentencePiece
from kosent.text.tokenizers.sentencepiece.model import read_pieces

TEXTS = [*load_corpus("sample").train.texts[:300]]
KOREAN = st.text(st.sampled_from("영화가 재밌다ㅋㅋ정말진짜 너무지루함음악이.!ㅠ쀍a▁")) | st.text()
DRAWS = 20_000  # of the library and of ours
SELDOM = 1e-6  # how often equal distributions may look this different
WAYS: dict[str, dict[str, Any]] = {
    "unigram": {},
    "best of unigram": {"nbest": 8},
    "bpe": {"model": "bpe"},
}


def fitted(**settings: Any) -> SentencePiece:
    return SentencePiece(**{"vocabulary_size": 700, "alpha": 0.2} | settings).fit(TEXTS)


def processor(data: bytes) -> Any:
    from sentencepiece import SentencePieceProcessor

    return SentencePieceProcessor(model_proto=data)


def model_of(tokenizer: SentencePiece) -> Any:
    return processor(tokenizer.state().files["spm.model"])


@pytest.fixture(scope="module", params=WAYS)
def tokenizer(request: pytest.FixtureRequest) -> SentencePiece:
    return fitted(**WAYS[request.param])


# --- repeated -----------------------------------------------------------------------------------


def test_neighbours_order_and_threads_do_not_matter(tokenizer: SentencePiece) -> None:
    from concurrent.futures import ThreadPoolExecutor

    expected = tokenizer.sample(TEXTS, (3, 1))
    assert expected is not None
    assert [tokenizer.sample([text], (3, 1)) for text in TEXTS] == [[row] for row in expected]
    order = random.Random(1).sample(range(len(TEXTS)), len(TEXTS))  # noqa: S311
    shuffled = tokenizer.sample([TEXTS[place] for place in order], (3, 1))
    assert shuffled == [expected[place] for place in order]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: tokenizer.sample(TEXTS, (3, 1)), range(8))) == [expected] * 8


def test_seed_and_epoch_matter(tokenizer: SentencePiece) -> None:
    drawn = [tokenizer.sample(TEXTS, seed) for seed in ((3, 1), (3, 2), (4, 1), 3)]
    assert all(one != other for one, other in combinations(drawn, 2))


def test_the_words_of_a_text_are_drawn_one_by_one() -> None:
    """Equal words get segmentations of their own, equal texts the same one."""
    tokenizer = fitted()
    (first, again) = tokenizer.sample(["영화 " * 300] * 2, 1) or []
    assert first == again
    pieces = tokenizer.pieces()
    words = Counter("".join(pieces[place] for place in first).split("▁")[1:])
    assert words == {"영화": 300, "": 1}
    borders = Counter("|".join(pieces[place] for place in first).split("▁"))
    assert len(borders) > 3


DRAWING = """
import json, sys, zlib
from kosent.text.tokenizers import TokenizerState, restore

texts, states = json.load(sys.stdin)
for name, settings, data in states:
    tokenizer = restore(TokenizerState(name, settings, {"spm.model": bytes.fromhex(data)}))
    print(zlib.crc32(json.dumps(tokenizer.sample(texts, (5, 2))).encode()))
"""


@pytest.mark.slow
def test_another_process_draws_the_same() -> None:
    tokenizers = [fitted(**settings) for settings in WAYS.values()]
    states = [
        [state.name, state.settings, state.files["spm.model"].hex()]
        for state in (tokenizer.state() for tokenizer in tokenizers)
    ]
    ended = subprocess.run(
        [sys.executable, "-c", DRAWING],
        input=json.dumps([TEXTS, states]),
        text=True,
        capture_output=True,
        check=True,
    )
    drawn = [json.dumps(tokenizer.sample(TEXTS, (5, 2))).encode() for tokenizer in tokenizers]
    assert len(set(drawn)) == len(WAYS)
    assert ended.stdout.split() == [str(zlib.crc32(each)) for each in drawn]


# --- the same distribution ----------------------------------------------------------------------


def likeness(ours: Counter[tuple[int, ...]], theirs: Counter[tuple[int, ...]]) -> float:
    """Return how often equal distributions look as different as these (chi-square)."""
    often = [each for each in ours | theirs if ours[each] + theirs[each] >= 20]
    rows = [[counts[each] for each in often] for counts in (ours, theirs)]
    for row, counts in zip(rows, (ours, theirs), strict=True):
        row.append(counts.total() - sum(row))
    table = np.array(rows)
    return float(chi2_contingency(table[:, table.any(axis=0)]).pvalue)


def beginnings(rows: list[list[int]], end: int) -> Counter[tuple[int, ...]]:
    """Count what stands before a piece."""
    return Counter(tuple(row[: row.index(end)]) for row in rows)


@pytest.mark.parametrize("alpha", [0.1, 0.5])
@pytest.mark.parametrize("way", WAYS)
def test_the_distribution_is_the_librarys(way: str, alpha: float) -> None:
    """Texts differ in a number behind what is compared, so that each is a draw of its own."""
    tokenizer = fitted(**WAYS[way], alpha=alpha)
    model = model_of(tokenizer)
    nbest = WAYS[way].get("nbest", -1)
    count = DRAWS if nbest == -1 else DRAWS // 5
    end = model.piece_to_id("<0x01>")
    for text in ("재밌", "추천합니다 영화"):
        # Characters without pieces: written in bytes, in one way only.
        texts = [f"{text}\x01{chr(0xE000 + place)}" for place in range(count)]
        library = model.encode(
            texts, enable_sampling=True, alpha=alpha, nbest_size=nbest, num_threads=1
        )
        theirs = beginnings(library, end)
        ours = beginnings(tokenizer.sample(texts, 1) or [], end)
        assert len(theirs) >= 3
        assert likeness(ours, theirs) > SELDOM
        other = fitted(**WAYS[way], alpha=alpha * 1.5)
        assert likeness(beginnings(other.sample(texts, 1) or [], end), theirs) < 0.001


# --- the best segmentation ----------------------------------------------------------------------


@given(text=KOREAN)
def test_an_alpha_without_end_gives_the_best_one(text: str) -> None:
    tokenizer, model, total = best_of_all()
    tokenizer.alpha = 1e6  # the setting ends at 1
    (best,) = tokenizer.ids([text])
    (drawn,) = tokenizer.sample([text], 1) or []
    assert tokenizer.decode([model.id_to_piece(place) for place in drawn]) == tokenizer.decode(
        tokenizer([text])[0]
    )
    assert drawn == best or total(text, drawn) == pytest.approx(total(text, best), abs=1e-4)


@given(text=KOREAN)
def test_bpe_that_leaves_nothing_out(text: str) -> None:
    tokenizer = nothing_left_out()
    assert tokenizer.sample([text], 1) == tokenizer.ids([text])


@cache
def best_of_all() -> Any:
    tokenizer = fitted()
    model = model_of(tokenizer)
    pieces = read_pieces(tokenizer.state().files["spm.model"])
    unknown = min(piece.score for piece in pieces if piece.kind == 1) - 10

    def total(text: str, row: list[int]) -> float:
        known = [pieces[place] for place in row if pieces[place].kind == 1]
        missing = len(model.normalize(text)) - sum(len(piece.text) for piece in known)
        return sum(piece.score for piece in known) + unknown * missing

    return tokenizer, model, total


@cache
def nothing_left_out() -> SentencePiece:
    return fitted(model="bpe", alpha=1e-300)


# --- models of the user's own -------------------------------------------------------------------


def own(tmp_path: Any, **settings: Any) -> str:
    from sentencepiece import SentencePieceTrainer

    data = io.BytesIO()
    chosen = {"vocab_size": 1100, "hard_vocab_limit": False, "minloglevel": 2} | settings
    SentencePieceTrainer.train(sentence_iterator=iter(TEXTS), model_writer=data, **chosen)
    path = tmp_path / "own.model"
    path.write_bytes(data.getvalue())
    return str(path)


@pytest.mark.parametrize("model_type", ["unigram", "bpe"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"user_defined_symbols": ["재밌", "ㅋㅋ", "<s1>"]},
        {"split_by_whitespace": False},
        {"treat_whitespace_as_suffix": True},
        {"add_dummy_prefix": False, "normalization_rule_name": "identity"},
    ],
    ids=lambda settings: " ".join(settings) or "plain",
)
def test_any_model_keeps_the_distribution(
    model_type: str, settings: dict[str, Any], tmp_path: Any
) -> None:
    """Unknown characters in runs, symbols of the user, spaces anywhere, names of control pieces."""
    path = own(tmp_path, model_type=model_type, **settings)
    tokenizer = SentencePiece(model_file=path, alpha=0.1)
    model = processor(tokenizer.state().files["spm.model"])
    place_of = tokenizer.pieces().index
    for text in ("재밌다ㅋㅋ", " 쀍쀍 영화쀍", "<s> 추천"):
        texts = [f"{text} {chr(0x4E00 + place)}" for place in range(6000)]
        rows = model.encode(texts, enable_sampling=True, alpha=0.1, nbest_size=-1, num_threads=1)
        theirs = Counter(
            tuple(place_of(model.id_to_piece(number)) for number in row) for row in rows
        )
        ours = Counter(map(tuple, tokenizer.sample(texts, 2) or []))
        assert likeness(ours, theirs) > SELDOM
