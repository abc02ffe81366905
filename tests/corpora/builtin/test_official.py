"""Corpora in the official forms: small samples of them, and the real ones to the last row."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from kosent.corpora import CORPORA, Split, load_corpus
from kosent.corpora.builtin import kmhas
from kosent.corpora.builtin.forms import gathered
from kosent.corpora.encoding import read_bytes
from kosent.corpora.fetching.checksums import is_official

SAMPLES = Path(__file__).parent / "samples"
REPOSITORY = Path(__file__).resolve().parents[3]

# Of each sample: a row of train, a row of test, and why rows of each were dropped.
Expected = tuple[tuple[str, str], tuple[str, str], tuple[list[str], list[str]]]
DIVIDED = (["unknown label", "unknown label"], ["empty text", "unknown label"])
EXPECTED: dict[str, Expected] = {
    "3i4k": (
        ("뭐 먹었어 ", "intonation-dependent utterance"),
        ('"왜" 그래', "question"),
        (["empty text", "unknown label"], ["unknown label", "empty text"]),
    ),
    "korean-hate-speech": (
        ('그 배우 "연기" 참 별로', "offensive"),
        ("심한 말", "hate"),
        (["empty text", "unknown label"], ["broken row", "wrong column count"]),
    ),
    "korean-hate-speech-bias": (
        ('그 배우 "연기" 참 별로', "gender"),
        ("심한 말", "others"),
        (["empty text", "unknown label"], ["broken row", "wrong column count"]),
    ),
    "kobest-sentineg": (
        ('"두 번 다시 안 사요', "negative"),
        ("두 번 다시 사요", "positive"),
        (["empty text", "unknown label"], ["empty text", "wrong column count"]),
    ),
    "kodoli": (('글 0, "정말"', "not offensive"), ("글 7", "offensive"), DIVIDED),
    "kodoli-abuse": (('글 0, "정말"', "not abusive"), ("글 7", "abusive"), DIVIDED),
    "kodoli-sentiment": (('글 0, "정말"', "negative"), ("글 7", "neutral"), DIVIDED),
    "stylekqc": (
        ("topic 물음 5", "weather and news"),
        ('"따옴표로 시작하는 물음', "home"),
        (["empty text", "unknown label"], ["unknown label", "wrong column count"]),
    ),
    "stylekqc-act": (
        ("act 물음 3", "requirement"),
        ('"따옴표로 시작하는 물음', "wh-question"),
        (["empty text", "unknown label"], ["unknown label", "wrong column count"]),
    ),
    "sib200-ko": (
        ('"그는 ""섬""이라고 말했다."', "geography"),
        ('그는 "공"이라고 말했다.', "sports"),
        (["empty text", "unknown label"], ["unknown label", "wrong column count"]),
    ),
    "chatbot": (("글 2", "사랑"), ("글 23", "사랑"), DIVIDED),
    "finance": (("글 1", "neutral"), ("글 7", "neutral"), DIVIDED),
    "unsmile": (
        ("댓글 3", "인종/국적"),
        ('댓글 12"', "clean"),
        (["several labels", "no label"], ["unknown label", "several labels"]),
    ),
    "kmhas": (
        ('댓글, "여덟"', "Not Hate Speech"),
        ("댓글 12", "Profanity"),
        (["several labels", "unknown label"], ["empty text", "several labels"]),
    ),
    "naver-shopping": (("글 1", "negative"), ("글 23", "positive"), DIVIDED),
    "steam": (("글 1", "positive"), ("글 3", "negative"), DIVIDED),
    "klue-ynat": (
        ("제목 0…", "IT과학"),
        ('제목 "둘"', "경제"),
        (["empty text", "unknown label"], ["broken row", "text is not a string"]),
    ),
}


def test_every_official_form_has_its_row() -> None:
    assert {*EXPECTED} == {*CORPORA} - {"nsmc", "nsmc-raw", "imdb", "sample"}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_sample_is_read_as_it_is_meant(name: str) -> None:
    corpus = load_corpus(name, data_folder=SAMPLES, download=False)
    assert corpus.test is not None
    for split, row, reasons in zip((corpus.train, corpus.test), *_columns(name), strict=True):
        assert row in zip(split.texts, split.labels, strict=True)
        assert [dropped.reason for dropped in split.audit.dropped] == reasons


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("unsmile", ([], ["unknown label"])),
        ("kmhas", (["unknown label"], ["empty text"])),
    ],
)
def test_all_labels_of_a_text_are_read_where_it_may_have_several(
    name: str, reasons: tuple[list[str], ...]
) -> None:
    corpus = load_corpus(name, multilabel=True, data_folder=SAMPLES, download=False)
    one = load_corpus(name, data_folder=SAMPLES, download=False)
    assert corpus.test is not None
    assert one.test is not None
    pairs = ((corpus.train, one.train), (corpus.test, one.test))
    for (split, single), expected in zip(pairs, reasons, strict=True):
        assert [dropped.reason for dropped in split.audit.dropped] == expected
        assert split.label_sets is not None
        assert max(map(len, split.label_sets)) > 1
        alone = dict(zip(split.texts, split.label_sets, strict=True))
        for text, label in zip(single.texts, single.labels, strict=True):
            assert alone[text] == (label,)
        assert {label for each in split.label_sets for label in each} <= set(CORPORA[name].labels)


def _columns(name: str) -> tuple[tuple[tuple[str, str], ...], tuple[list[str], ...]]:
    train, test, reasons = EXPECTED[name]
    return (train, test), reasons


def data() -> Path:
    named = os.environ.get("KOSENT_DATA")
    return Path(named) if named else REPOSITORY.parent / "shared" / "corpora"


def present(name: str) -> list[Path]:
    """Return the real files of a corpus that are there, or skip."""
    files = [file.place(data()) for file in CORPORA[name].files]
    found = [path for path in files if path.is_file()]
    if not found:
        pytest.skip(f"no real file of {name} in {data()}; set KOSENT_DATA to the folder of corpora")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_real_files_have_size_and_checksum_of_their_row(name: str) -> None:
    paths = present(name)
    for file in CORPORA[name].files:
        path = file.place(data())
        if path in paths:
            assert is_official(path, file)
            assert file.size == path.stat().st_size


# Rows by label, in the order of the row of the table, of train and of test.
Counts = tuple[list[int], list[int]]
REAL: dict[str, Counts] = {
    "3i4k": (
        [5_409, 16_470, 16_083, 11_672, 1_571, 979, 2_950],
        [600, 1_830, 1_786, 1_296, 174, 108, 327],
    ),
    "korean-hate-speech": ([3_486, 2_499, 1_911], [160, 189, 122]),
    "korean-hate-speech-bias": ([5_148, 1_232, 1_516], [342, 67, 62]),
    "kobest-sentineg": ([1_811, 1_838], [197, 200]),
    "kodoli": ([20_277, 4_490, 6_134], [4_964, 1_118, 1_542]),
    "kodoli-abuse": ([20_805, 10_096], [5_136, 2_488]),
    "kodoli-sentiment": ([11_176, 10_946, 8_779], [2_764, 2_701, 2_159]),
    "stylekqc": ([4_000] * 6, [800] * 6),
    "stylekqc-act": ([6_000] * 4, [1_200] * 4),
    "sib200-ko": ([176, 138, 102, 85, 77, 65, 58], [51, 40, 30, 25, 22, 19, 17]),
    "chatbot": ([4_171, 2_863, 2_352], [1_119, 707, 611]),
    "finance": ([483, 2_313, 1_093], [121, 566, 270]),
    "unsmile": (
        [1_291, 1_128, 954, 1_259, 445, 855, 864, 331, 3_143, 3_739],
        [323, 281, 239, 315, 112, 214, 216, 82, 786, 935],
    ),
}
DROPPED = {
    ("unsmile", "train"): {"several labels": 994, "no label": 2},
    ("unsmile", "test"): {"several labels": 234},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_the_real_corpus_is_read_to_the_last_row(name: str) -> None:
    present(name)
    corpus = load_corpus(name, data_folder=data(), download=False)
    assert corpus.test is not None
    splits = {"train": corpus.train, "test": corpus.test}
    assert {key: split.audit.read for key, split in splits.items()} == CORPORA[name].rows
    assert tuple(counted(split, name) for split in splits.values()) == REAL[name]
    for key, split in splits.items():
        assert split.audit.by_reason() == DROPPED.get((name, key), {})


def counted(split: Split, name: str) -> list[int]:
    counts = Counter(split.labels)
    return [counts.pop(label) for label in CORPORA[name].labels] + [*counts.values()]


@pytest.mark.slow
def test_the_real_unsmile_has_all_its_labels() -> None:
    present("unsmile")
    corpus = load_corpus("unsmile", multilabel=True, data_folder=data(), download=False)
    assert corpus.test is not None
    assert [len(corpus.train), len(corpus.test)] == [15_005, 3_737]
    counts = corpus.train.label_counts()
    expected = [1_599, 1_347, 1_141, 1_728, 603, 1_052, 1_181, 569, 3_143, 3_739]
    assert [counts[label] for label in CORPORA["unsmile"].labels] == expected
    assert corpus.train.label_sets is not None
    sizes = Counter(map(len, corpus.train.label_sets))
    assert [sizes[number] for number in range(7)] == [2, 14_009, 905, 76, 11, 1, 1]


@pytest.mark.slow
def test_the_real_test_split_of_kmhas_is_read_to_the_last_row() -> None:
    path = kmhas.SPEC.files[1].place(data())
    if path not in present("kmhas"):
        pytest.skip(f"no {path}; set KOSENT_DATA to the folder of corpora")
    split = gathered(kmhas.FORM.rows(read_bytes(path).decode(), path.name), path.name)
    assert split.audit.read == kmhas.SPEC.rows["test"]
    assert counted(split, "kmhas") == [1_232, 1_073, 1_417, 1_709, 858, 658, 27, 392, 11_819]
    assert split.audit.by_reason() == {"several labels": 2_754}
