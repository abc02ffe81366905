"""What the training texts look like in each epoch."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kosent.corpora import load_corpus
from kosent.errors import UsageError
from kosent.text.augmentation import drawing
from kosent.text.encoding.encoder import EncodedTexts, TextEncoder
from kosent.text.encoding.settings import AUGMENTATION
from kosent.text.noise import noised

TEXTS = [*load_corpus("sample").train.texts[:200], "", "ㅋ", "\ud83d 휴 "]
SAMPLING = {"alpha": 0.2, "vocabulary_size": 600}


def rows_of(encoded: EncodedTexts) -> list[list[int]]:
    return [encoded.ids[start:end].tolist() for start, end in pairwise(encoded.offsets.tolist())]


@pytest.fixture(scope="module")
def syllables() -> tuple[TextEncoder, EncodedTexts]:
    encoder = TextEncoder("character")
    return encoder, encoder.fit_encode(TEXTS)


def test_nothing_is_drawn_where_it_was_not_asked_for(
    syllables: tuple[TextEncoder, EncodedTexts],
) -> None:
    assert drawing(syllables[0], TEXTS, syllables[1], 1) is None


def test_noise_is_decided_by_seed_and_epoch_alone(
    syllables: tuple[TextEncoder, EncodedTexts],
) -> None:
    draw = drawing(*_arguments(syllables), 5, "noise")
    assert draw is not None
    epochs = [rows_of(draw(epoch)) for epoch in (0, 1, 0)]
    assert epochs[0] == epochs[2] != epochs[1]
    again = drawing(*_arguments(syllables), 5, "noise")
    other = drawing(*_arguments(syllables), 6, "noise")
    assert again is not None
    assert other is not None
    assert rows_of(again(1)) == epochs[1] != rows_of(other(1))


def test_what_is_drawn_is_what_the_noised_texts_would_be(
    syllables: tuple[TextEncoder, EncodedTexts],
) -> None:
    encoder, encoded = syllables
    draw = drawing(encoder, TEXTS, encoded, 5, "noise")
    assert draw is not None
    for epoch in (0, 3):
        assert rows_of(draw(epoch)) == rows_of(encoder.encode(noised(TEXTS, (5, epoch))))
    changed = sum(a != b for a, b in zip(rows_of(draw(0)), rows_of(encoded), strict=True))
    # Half of them lose their spaces only, which are no tokens here.
    assert 0.2 * len(TEXTS) < changed < 0.5 * len(TEXTS)


def test_noise_and_segmentations_together() -> None:
    encoder = TextEncoder("sentencepiece", tokenizer_options=SAMPLING)
    encoded = encoder.fit_encode(TEXTS)
    plain, both = (drawing(encoder, TEXTS, encoded, 5, each) for each in (None, "noise"))
    assert plain is not None
    assert both is not None
    assert rows_of(plain(2)) == rows_of(encoder.sample(TEXTS, (5, 2)))
    assert rows_of(both(2)) == rows_of(encoder.sample(noised(TEXTS, (5, 2)), (5, 2)))
    assert rows_of(both(2)) != rows_of(plain(2))


def test_only_what_changed_is_encoded(
    syllables: tuple[TextEncoder, EncodedTexts], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, encoded = syllables
    asked: list[str] = []
    whole = encoder.encode

    def encode(texts: list[str]) -> EncodedTexts:
        asked.extend(texts)
        return whole(texts)

    monkeypatch.setattr(encoder, "encode", encode)
    draw = drawing(encoder, TEXTS, encoded, 5, "noise")
    assert draw is not None
    draw(0)
    seen = noised(TEXTS, (5, 0))
    assert asked == [a for a, b in zip(seen, TEXTS, strict=True) if a != b]


def test_names() -> None:
    assert list(AUGMENTATION.names) == ["noise"]
    AUGMENTATION.check("augment", None)
    for wrong in ("noize", ["noise"], 1):
        with pytest.raises(UsageError, match="augmentation"):
            AUGMENTATION.check("augment", wrong)


def _arguments(
    syllables: tuple[TextEncoder, EncodedTexts],
) -> tuple[TextEncoder, list[str], EncodedTexts]:
    return syllables[0], TEXTS, syllables[1]
