"""The packaged start ``words``: Kiwi's vectors of morphemes, for pieces found without Kiwi.

Kiwi (https://github.com/bab2min/Kiwi, Apache-2.0) has learned two vectors of 256 numbers for each
of 70,488 morphemes. Here it analyses reviews of the raw crawl behind NSMC (CC0; none of those of
NSMC's test split). What stands in the texts for a morpheme becomes a piece of a SentencePiece
model; so do the forms of the commonest morphemes, which the crawl need not have. A piece gets the
mean of the vectors of what it was found to be. No label is looked at. The last layer, without which
nothing is a saved model, learns the reviews that come with kosent (corpus ``sample``).

Needs ``pip install 'kosent[kiwi]'`` in the versions below, which give the same pieces and vectors
again, byte for byte:

    KOSENT_DATA=... python bench/accuracy/words.py [--out words.kosent]
"""

from __future__ import annotations

import argparse
import hashlib
import struct
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent import TextClassifier, load_corpus
from kosent.architectures.design import Architecture
from kosent.models.export import size_of
from kosent.models.trained import Trained
from kosent.models.transfer import features, solve_head, with_head
from kosent.text.cleaning import Cleaner
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers import make

VERSIONS = {"kiwipiepy": "0.24.1", "kiwipiepy_model": "0.24.0"}
# The head of ``cong.mdl`` as Kiwi reads it (``CoNgramModelHeader``): numbers of morphemes and of
# contexts, size of a vector, two kinds, bytes of a key, window, bits of a number, numbers of a
# group; number of nodes; four offsets, of which the last is that of the vectors.
HEADER = struct.Struct("<QQHBBBBBB5Q")
EXPECTED = (70_488, 262_145, 256, 0, 0, 3, 7, 4, 8)
MORPHEMES, CONTEXTS, SIZE = EXPECTED[:3]
BYTES = {"context": 168, "out": 162, "dist": 166}  # of a vector; only its first 162 are read here

CLEANING = "korean"
COMMONEST = 17_500  # morphemes whose forms are pieces; Kiwi numbers them by their frequency
FORM_COUNT = 5e5  # by the morpheme's number and 100, how often its form is taken to be seen (Zipf)
INSIDE = 3  # times rarer inside a word than where it begins
SEEN = 30  # times that what stands in the crawl has to be seen
NEGLIGIBLE = 0.05  # part of the times that a piece was seen to be something
LONGEST = 16  # characters of a piece
CLIP = 2.5  # standard deviations of half a vector; four bits are not spent on what lies beyond
MOST_PIECES = 512  # of a text
REVIEWS = 100_000  # of the crawl
CHUNK = 20_000  # texts that Kiwi analyses at a time

WORDS = ("N", "V", "M", "X", "IC", "SL")  # tags of what may begin a word
SUFFIXES = ("X", "VCP", "VX")  # of what follows others though it is one syllable
FOREIGN = ("SL", "SH")

Floats = npt.NDArray[np.float32]
Found = Mapping[int, float]  # by the number of a morpheme, how often a piece is that


class Lexicon(NamedTuple):
    """Pieces, the commonest first.

    Attributes:
        counts: How often each is seen, or taken to be.
        found: What each was found to be.
    """

    counts: dict[str, float]
    found: dict[str, Found]


def vectors(data: bytes) -> Floats:
    """Decode Kiwi's vectors: those it predicts a morpheme with, then those of its distances.

    Args:
        data: ``cong.mdl`` of ``kiwipiepy_model``.

    Returns:
        float32 ``(70488, 512)``. Each half is divided by its standard deviation.

    Raises:
        SystemExit: If the file is laid out in another way.
    """
    head = HEADER.unpack_from(data)
    start = head[-1]
    size = start + MORPHEMES * (BYTES["out"] + BYTES["dist"]) + CONTEXTS * BYTES["context"]
    if head[: len(EXPECTED)] != EXPECTED or len(data) < size:
        raise SystemExit(f"cong.mdl: {head} and {len(data):,} bytes, expected {EXPECTED}")
    out = start + CONTEXTS * BYTES["context"]
    dist = out + MORPHEMES * BYTES["out"]
    halves = [_decoded(data, out, BYTES["out"]), _decoded(data, dist, BYTES["dist"])]
    return np.hstack([half / half.std() for half in halves])


def _decoded(data: bytes, start: int, step: int) -> Floats:
    """Decode vectors ``(70488, 256)``.

    A vector is 128 bytes of two numbers each, the low four bits first, a float16 scale by 8, and
    for each eight numbers a byte of their zero (two bits, from 6) and their scale (from 9, by 9).
    """
    rows = np.frombuffer(data, np.uint8, MORPHEMES * step, start).reshape(MORPHEMES, step)
    pairs, groups = rows[:, :128], rows[:, 130:162].astype(np.int16)
    scale = rows[:, 128:130].copy().view("<f2").astype(np.float32) / 8  # (70488, 1)
    numbers = np.stack([pairs & 15, pairs >> 4], axis=2).reshape(MORPHEMES, SIZE // 8, 8)
    zeros, steps = (groups >> 6) + 6, (groups & 63) + 9
    values = (numbers.astype(np.int16) - zeros[:, :, None]) * steps[:, :, None]
    return (values.reshape(MORPHEMES, SIZE) / np.float32(9) * scale).astype(np.float32)


def reviews() -> list[str]:
    """Return reviews of the crawl, drawn at random with a fixed seed and cleaned."""
    texts = load_corpus("nsmc-raw").train.texts
    drawn = np.random.default_rng(0).permutation(len(texts))[:REVIEWS]
    clean = Cleaner(CLEANING)
    return [clean(texts[row]) for row in drawn]


def analysed(kiwi: Any, texts: Sequence[str]) -> Counter[tuple[str, tuple[int, ...]]]:
    """Count what stands in texts for a morpheme, or for several that share a syllable.

    Returns:
        By piece, which begins with ``▁`` where a word begins, and morphemes.
    """
    seen: Counter[tuple[str, tuple[int, ...]]] = Counter()
    for start in range(0, len(texts), CHUNK):
        part = texts[start : start + CHUNK]
        for text, tokens in zip(part, kiwi.tokenize(part), strict=True):
            seen.update(_pieces(text, tokens))
    return seen


def _pieces(text: str, tokens: Sequence[Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    place = 0
    while place < len(tokens):
        start, end = tokens[place].start, tokens[place].end
        numbers = [tokens[place].id]
        place += 1
        while place < len(tokens) and tokens[place].start < end:
            end = max(end, tokens[place].end)
            numbers.append(tokens[place].id)
            place += 1
        piece = text[start:end]
        if piece and not any(map(str.isspace, piece)):
            begins = start == 0 or text[start - 1].isspace()
            yield "▁" * begins + piece, tuple(numbers)


def lexicon(kiwi: Any, seen: Mapping[tuple[str, tuple[int, ...]], int]) -> Lexicon:
    """Choose the pieces: what was seen often enough, and the forms of the commonest morphemes."""
    forms = [kiwi.morpheme(number) for number in range(MORPHEMES)]
    first = {(each.form, each.tag): number for number, each in reversed(list(enumerate(forms)))}
    counts: Counter[str] = Counter()
    for (piece, _), times in seen.items():
        counts[piece] += times
    weights: dict[str, float] = {
        piece: times for piece, times in counts.items() if times >= SEEN and len(piece) <= LONGEST
    }
    found: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for (piece, numbers), times in seen.items():
        for number in numbers if piece in weights else ():
            if number >= MORPHEMES:  # a variant, which has no vector of its own
                variant = kiwi.morpheme(number)
                number = first.get((variant.form, variant.tag), -1)
            if number >= 0:
                found[piece][number] = found[piece].get(number, 0) + times
    clean = Cleaner(CLEANING)
    for number, each in enumerate(forms[:COMMONEST]):
        for piece, times in _forms(clean(each.form), each.tag, number):
            weights[piece] = weights.get(piece, 0) + times
            found[piece][number] = found[piece].get(number, 0) + times
    order = sorted(weights, key=lambda piece: (-weights[piece], piece))
    return Lexicon(
        {piece: weights[piece] for piece in order}, {piece: _clear(found[piece]) for piece in order}
    )


def _forms(form: str, tag: str, number: int) -> Iterator[tuple[str, float]]:
    """Give what stands in a text for a morpheme, and how often it is taken to be seen."""
    mark = tag.startswith("S") and tag not in FOREIGN
    if not form or mark or " " in form or any("\u1100" <= each <= "\u11ff" for each in form):
        return  # a jamo of its own joins the syllable before it
    times = FORM_COUNT / (number + 100)
    if not tag.startswith(WORDS):
        yield form, times
        return
    yield f"▁{form}", times
    if len(form) > 1 or tag.startswith(SUFFIXES):
        yield form, times / INSIDE


def _clear(found: Found) -> Found:
    """Leave out what a piece hardly ever is: it is mostly a mistake, and costs a row."""
    least = NEGLIGIBLE * sum(found.values())
    return {number: found[number] for number in sorted(found) if found[number] >= least}


def piece_model(counts: Mapping[str, float]) -> bytes:
    """Return a SentencePiece unigram model in which a piece is as likely as it is frequent."""
    from sentencepiece import sentencepiece_model_pb2 as messages

    model = messages.ModelProto()
    kind = messages.ModelProto.SentencePiece
    total = sum(counts.values())
    letters = sorted({"▁", *(letter for piece in counts for letter in piece)} - set(counts))
    pieces = [("<pad>", 0.0, kind.CONTROL), ("<unk>", 0.0, kind.UNKNOWN)]
    pieces += [(piece, np.log(times / total), kind.NORMAL) for piece, times in counts.items()]
    # So that everything can be cut: rarer than anything that was seen.
    pieces += [(letter, np.log(0.02 / total), kind.NORMAL) for letter in letters]
    for piece, score, what in pieces:
        model.pieces.add(piece=piece, score=score, type=what)
    trainer, normalizer = model.trainer_spec, model.normalizer_spec
    trainer.model_type, trainer.vocab_size = trainer.UNIGRAM, len(pieces)
    trainer.pad_id, trainer.unk_id, trainer.bos_id, trainer.eos_id = 0, 1, -1, -1
    normalizer.name = "identity"
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = True
    normalizer.escape_whitespaces = True
    return bytes(model.SerializeToString(deterministic=True))


def table(pieces: Iterable[str], found: Mapping[str, Found], of: Floats) -> Floats:
    """Return the vector of each piece ``(V, 512)``; zeros where it has none."""
    rows = np.zeros((len(list(pieces)), of.shape[1]), np.float32)
    for row, piece in zip(rows, pieces, strict=True):
        morphemes = found.get(piece)
        if morphemes:
            weights = np.array(list(morphemes.values()), np.float32)
            row[:] = (of[list(morphemes)] * weights[:, None]).sum(axis=0) / weights.sum()
    for half in np.split(rows, 2, axis=1):
        most = CLIP * half.std(axis=1, keepdims=True)
        half[:] = half.clip(-most, most)
    return rows


def untaught(spm: Path, found: Mapping[str, Found], of: Floats) -> TextClassifier:
    """Return a classifier of these pieces and vectors whose last layer says nothing yet."""
    options = {"embedding_size": of.shape[1], "frozen": True, "dropout": 0.0}
    tokenizer = make("sentencepiece", model_file=str(spm))
    encoder = TextEncoder(tokenizer, cleaning=CLEANING, max_length=MOST_PIECES).fit(["말"])
    pieces = list(encoder.vocabulary.entries)
    weights = {
        "vectors/embeddings": table(pieces, found, of),
        "probabilities/kernel": np.zeros((2 * of.shape[1], 2), np.float32),
        "probabilities/bias": np.zeros(2, np.float32),
    }
    model = TextClassifier(
        "vectors",
        architecture_options=options,
        tokenizer=encoder.tokenizer,
        cleaning=CLEANING,
        max_length=MOST_PIECES,
    )
    model.classes_ = np.array(["negative", "positive"])
    model.encoder_ = encoder
    model.trained_ = Trained.of(
        Architecture("vectors", len(pieces), options), weights, 2, int8=True
    )
    model.info_ = {}
    return model


def taught(start: TextClassifier, info: Mapping[str, Any]) -> TextClassifier:
    """Return it with a last layer that has learned the reviews of the corpus ``sample``."""
    corpus = load_corpus("sample")
    labels = start.classes_.tolist()
    numbers = np.array([labels.index(label) for label in corpus.train.labels], np.int32)
    head = solve_head(features(start, corpus.train.texts), numbers, len(labels))
    test = corpus.split("test")
    rows = {"train": len(corpus.train), "validation": len(test)}
    info = {**info, "rows": rows, "corpus": {"name": "sample"}}
    model = with_head(start, head.kernel, head.bias, labels, info)
    model.info_["validation"] = model.evaluate(test.texts, test.labels).to_dict()
    return model


def made(kiwi: Any, data: bytes, seen: Mapping[tuple[str, tuple[int, ...]], int]) -> TextClassifier:
    """Make the packaged model of what was seen, and of ``cong.mdl``."""
    of = vectors(data)
    words = lexicon(kiwi, seen)
    about = {
        "package": f"kiwipiepy_model {VERSIONS['kiwipiepy_model']}",
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": "Apache-2.0, Copyright 2017-2026 Minchul Lee and the Kiwi contributors",
        "pieces": len(words.counts),
        "reviews": REVIEWS,
    }
    with tempfile.TemporaryDirectory() as folder:
        spm = Path(folder) / "spm.model"
        spm.write_bytes(piece_model(words.counts))
        return taught(untaught(spm, words.found, of), {"vectors": about})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("words.kosent"))
    out = parser.parse_args().out
    installed = {name: version(name) for name in VERSIONS}
    if installed != VERSIONS:
        raise SystemExit(f"installed: {installed}, expected: {VERSIONS}")
    import kiwipiepy_model
    from kiwipiepy import Kiwi

    kiwi = Kiwi()
    data = Path(kiwipiepy_model.__file__).with_name("cong.mdl").read_bytes()
    model = made(kiwi, data, analysed(kiwi, reviews()))
    model.save(out, overwrite=True)
    print(f"{out}: {size_of(out):,} bytes, {model.info_['vectors']['pieces']:,} pieces")


if __name__ == "__main__":
    main()
