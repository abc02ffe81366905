"""The candidates of ``auto``: what each is, what texts it suits, and what it costs.

A candidate is added by a row. Settings that depend on the number of texts are functions of
:class:`~kosent.models.auto.rows.Facts`. Costs are estimates, seconds of one core by the number of
characters: they decide what fits into the minutes, so that the choice does not depend on how busy a
machine is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kosent.language import Message
from kosent.models.auto.rows import FEW, Facts

Kind = Literal["ngrams", "head", "network"]
Settings = Mapping[str, Any]

REVIEWS = "reviews"  # the candidate of the model whose texts are known
_KOREAN = 0.3  # share of Hangul from which a text is Korean
_LONG = 400  # characters; n-grams of characters of longer texts are dear, those of words are not
_EDGES = {"spaces": True, "edges": True}
# Scores of n-grams that a table holds, of all classes together: 4 MB in int8.
_SCORES = 2**22


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate.

    Attributes:
        name: What it is called in the table of results.
        title: What it is, one line.
        kind: ``"ngrams"`` is a linear model on n-grams, ``"head"`` a last layer on a packaged
            model, both solved in seconds; ``"network"`` is trained by Keras in a process of its
            own.
        settings: Arguments of ``TextClassifier``.
        suits: Whether it is tried.
        seconds: What it costs, in seconds of one core.
        asked: Whether it is tried only where minutes were asked for: a larger network, or another
            view of the texts, that is worth its time to those who have it.
    """

    name: str
    title: Message
    kind: Kind
    settings: Callable[[Facts], Settings]
    suits: Callable[[Facts], bool]
    seconds: Callable[[Facts], float]
    asked: bool = False


def buckets_for(facts: Facts, grams: int) -> int:
    """Return the rows of a table of n-grams: a power of two that few n-grams have to share.

    Args:
        facts: What is seen of the texts.
        grams: n-grams that begin at one character.
    """
    most = _SCORES // (1 if facts.classes == 2 else facts.classes)
    wanted = min(2 * facts.rows * facts.length * grams, most)
    return 1 << max(12, int(wanted).bit_length() - 1)


def _linear(tokenizer: str, grams: tuple[int, int], **rest: Any) -> Callable[[Facts], Settings]:
    def settings(facts: Facts) -> Settings:
        shortest, longest = grams
        return {
            "architecture": "ngrams",
            "tokenizer": tokenizer,
            "architecture_options": {
                "shortest": shortest,
                "longest": longest,
                "buckets": buckets_for(facts, longest - shortest + 1),
            },
            **rest,
        }

    return settings


def _words(facts: Facts) -> Settings:
    """Return the settings of the linear model on words: all of a text, however long, is read.

    Of IMDB's training texts (a tenth held out, seed 0) 3,000 words instead of 512 give .9192
    instead of .9156, and a sixteenth of the penalty that is right for short texts .9220.
    """
    found = dict(_linear("whitespace", (1, 3), vocabulary_size=60_000, max_length=3000)(facts))
    if not _short(facts):
        found["architecture_options"] = {**found["architecture_options"], "l2": 2.0**-7}
    return found


def _scored(
    tokenizer: str, grams: tuple[int, int], options: Settings, **rest: Any
) -> Callable[[Facts], Settings]:
    linear = _linear(tokenizer, grams, **rest)

    def settings(facts: Facts) -> Settings:
        base = dict(linear(facts))
        return base | {
            "architecture": "ngram_gru",
            "architecture_options": {**base["architecture_options"], **options},
            **_schedule(facts, epochs=3),
        }

    return settings


def _recurrent(facts: Facts, rows: int = 4) -> Settings:
    """Return the settings of a BiGRU on pieces, one for so many texts."""
    return {
        "architecture": "gru",
        "tokenizer": "sentencepiece",
        "vocabulary_size": max(1000, min(16_000, facts.rows // rows)),
        "tokenizer_options": {"alpha": 0.2},
        "architecture_options": {"embedding_size": 160, "units": 96, "dropout": 0.5},
        **_schedule(facts, epochs=5),
    }


def _schedule(facts: Facts, epochs: int) -> Settings:
    epochs = round(epochs * _longer(facts))
    return {
        "batch_size": max(16, min(128, facts.rows // 100)),
        "learning_rate": 0.002,
        "schedule": "linear",
        "label_smoothing": 0.05,
        "epochs": epochs,
        "patience": epochs,
        "monitor": "loss",  # of some hundred texts the accuracy tells less
    }


def _longer(facts: Facts) -> float:
    """Return how many times the epochs are what one label a text takes.

    Most pairs of text and label are a no, from which there is less to learn: of UnSmile's training
    texts (a fifth held out, one seed) the letters' network has a loss of .1501 after three epochs,
    .1453 after five, and .1460 after eight at half the learning rate.
    """
    return 5 / 3 if facts.several else 1.0


def _trained_on(facts: Facts) -> Settings:
    """Return the settings of the encoder, all of which learns on."""
    schedule = dict(_schedule(facts, epochs=3))
    return {"start": "encoder", "transfer": "all", **schedule}


def _start(name: str) -> Callable[[Facts], Settings]:
    return lambda _: {"start": name, "transfer": "head"}


def _is_korean(facts: Facts) -> bool:
    return facts.korean >= _KOREAN


def _short(facts: Facts) -> bool:
    return facts.length <= _LONG


def _many(facts: Facts) -> bool:
    return facts.different >= FEW


def _per_character(constant: float, rate: float) -> Callable[[Facts], float]:
    """Return a cost: seconds to begin, and microseconds a character."""
    return lambda facts: constant + rate * 1e-6 * facts.rows * facts.length * _longer(facts)


PORTFOLIO: tuple[Entry, ...] = (
    Entry(
        "characters",
        Message("글자 1-5개, 선형", "characters 1-5, linear"),
        "ngrams",
        _linear("character", (1, 5), vocabulary_size=2500, tokenizer_options=_EDGES),
        lambda facts: _short(facts) or facts.rows < FEW,
        _per_character(0.5, 20),
    ),
    Entry(
        "letters",
        Message("자모 3-9개, 선형", "letters of Hangul 3-9, linear"),
        "ngrams",
        _linear("jamo", (3, 9), vocabulary_size=400, max_length=600, tokenizer_options=_EDGES),
        lambda facts: _is_korean(facts) and _short(facts),
        _per_character(0.5, 60),
    ),
    Entry(
        "words",
        Message("낱말 1-3개, 선형", "words 1-3, linear"),
        "ngrams",
        _words,
        lambda facts: not _is_korean(facts) or not _short(facts),
        _per_character(0.5, 4),
    ),
    Entry(
        "morphemes",
        Message("형태소 벡터(Kiwi)의 평균과 최댓값", "mean and maximum of Kiwi's morpheme vectors"),
        "head",
        _start("words"),
        _is_korean,
        _per_character(1.0, 20),
    ),
    Entry(
        "encoder",
        Message("읽어 둔 글로 배운 BiGRU", "a BiGRU that has learned to read from other texts"),
        "head",
        _start("encoder"),
        _is_korean,
        _per_character(1.0, 10),
    ),
    Entry(
        REVIEWS,
        Message("함께 들어 있는 영화평 모델", "the packaged model of film reviews"),
        "head",
        _start("pretrained"),
        _is_korean,
        _per_character(1.0, 10),
    ),
    Entry(
        "letters-network",
        Message(
            "자모와 그 n-그램 점수, CNN과 BiGRU", "letters and their n-grams' scores, CNN, BiGRU"
        ),
        "network",
        _scored(
            "jamo",
            (3, 9),
            {"embedding_size": 32, "width": 5, "filters": 96, "units": 48},
            vocabulary_size=400,
            max_length=600,
            tokenizer_options=_EDGES,
        ),
        lambda facts: _many(facts) and _is_korean(facts) and _short(facts),
        _per_character(8, 80),
    ),
    Entry(
        "characters-network",
        Message(
            "글자와 그 n-그램 점수, CNN과 BiGRU", "characters and their n-grams' scores, CNN, BiGRU"
        ),
        "network",
        _scored(
            "character",
            (1, 5),
            {"embedding_size": 48, "filters": 96, "units": 48},
            vocabulary_size=2500,
            tokenizer_options=_EDGES,
        ),
        lambda facts: _many(facts) and _short(facts),
        _per_character(8, 50),
    ),
    Entry(
        "pieces-network",
        Message("SentencePiece 조각, BiGRU", "SentencePiece pieces, BiGRU"),
        "network",
        _recurrent,
        lambda facts: facts.different >= 5 * FEW,
        _per_character(8, 80),
    ),
    Entry(
        "words-network",
        Message(
            "낱말과 그 n-그램 점수, CNN과 BiGRU", "words and their n-grams' scores, CNN, BiGRU"
        ),
        "network",
        _scored(
            "whitespace", (1, 3), {"embedding_size": 64}, vocabulary_size=60_000, max_length=400
        ),
        lambda facts: _many(facts) and (not _is_korean(facts) or not _short(facts)),
        _per_character(8, 20),
    ),
    Entry(
        "letters-network-large",
        Message("letters-network, 더 크게", "letters-network, larger"),
        "network",
        _scored(
            "jamo",
            (2, 8),
            {"embedding_size": 48, "width": 7, "filters": 192, "units": 96},
            vocabulary_size=400,
            max_length=600,
            tokenizer_options=_EDGES,
        ),
        lambda facts: _many(facts) and _is_korean(facts) and _short(facts),
        _per_character(8, 200),
        asked=True,
    ),
    Entry(
        "characters-network-large",
        Message("characters-network, 더 크게", "characters-network, larger"),
        "network",
        _scored(
            "character",
            (1, 4),
            {"embedding_size": 64, "filters": 192, "units": 96, "dropout": 0.25},
            vocabulary_size=2500,
            tokenizer_options=_EDGES,
        ),
        lambda facts: _many(facts) and _short(facts),
        _per_character(8, 100),
        asked=True,
    ),
    Entry(
        "unspaced-network",
        Message("characters-network, 띄어쓰기 없이", "characters-network, without spaces"),
        "network",
        _scored(
            "character",
            (1, 6),
            {"embedding_size": 48, "filters": 128, "units": 64},
            vocabulary_size=2500,
        ),
        lambda facts: _many(facts) and _short(facts),
        _per_character(8, 60),
        asked=True,
    ),
    Entry(
        "encoder-network",
        Message("encoder, 모두 이어 배움", "encoder, all of it trained on"),
        "network",
        _trained_on,
        lambda facts: _many(facts) and _is_korean(facts),
        _per_character(8, 150),
        asked=True,
    ),
    Entry(
        "pieces-network-small",
        Message("pieces-network, 작은 조각으로", "pieces-network, of smaller pieces"),
        "network",
        lambda facts: _recurrent(facts, rows=12),
        lambda facts: facts.different >= 5 * FEW,
        _per_character(8, 100),
        asked=True,
    ),
)


def suiting(facts: Facts) -> list[Entry]:
    """Return the candidates that are tried on texts, the cheap ones first."""
    return [entry for entry in PORTFOLIO if entry.suits(facts)]


def affordable(entries: list[Entry], facts: Facts, seconds: float) -> list[Entry]:
    """Return the candidates that fit into a time, in their order.

    Solved ones always do: they take seconds. Networks are taken while there is time for them.

    Args:
        entries: Candidates.
        facts: What is seen of the texts.
        seconds: Seconds of one core.
    """
    kept, left = [], seconds
    for entry in entries:
        cost = entry.seconds(facts)
        if entry.kind == "network":
            if cost > left:
                continue
            left -= cost
        kept.append(entry)
    return kept
