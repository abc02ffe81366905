"""SentencePiece: lossless, deterministic, and guarded against what its library cannot take."""

import logging
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosent.errors import BundleError, DataError, UsageError
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers import SentencePiece, TokenizerState, restore
from kosent.text.tokenizers.sentencepiece.model import ModelFacts, read_facts
from kosent.text.unicode import replace_surrogates

TEXTS = [
    f"{subject} {adverb} {ending}"
    for subject in ("영화가", "연기가", "음악이", "전개가", "결말은", "배우들이")
    for adverb in ("정말", "너무", "생각보다", "진짜 진짜", "그냥")
    for ending in ("재밌다 !!", "별로였다 ...", "좋았어요 ㅠㅠ", "최고 ㅋㅋㅋ", "지루함")
]


@pytest.fixture(scope="module", params=["unigram", "bpe"])
def fitted(request: pytest.FixtureRequest) -> SentencePiece:
    return SentencePiece(vocabulary_size=350, model=request.param).fit(TEXTS)


def test_pieces_are_the_ids_of_the_model(fitted: SentencePiece) -> None:
    from sentencepiece import SentencePieceProcessor

    model = SentencePieceProcessor(model_proto=fitted.state().files["spm.model"])
    pieces = fitted.pieces()
    assert pieces[:3] == ["<pad>", "<unk>", "<0x00>"]
    assert 256 < len(pieces) == len(set(pieces)) <= 350
    for tokens, text in zip(fitted(TEXTS), TEXTS, strict=True):
        assert [pieces.index(token) for token in tokens] == model.encode(text)


def test_it_learned_words(fitted: SentencePiece) -> None:
    assert any(len(piece) > 2 and piece.startswith("▁") for piece in fitted.pieces())
    assert "▁지루함" in fitted(["그냥 지루함"])[0]


@given(text=st.text(st.characters()) | st.text(st.sampled_from("영화가 <pad>un k0x4\n\0\ud800😂▁")))
def test_nothing_is_lost(fitted: SentencePiece, text: str) -> None:
    (tokens,) = fitted([text])
    assert set(tokens) <= set(fitted.pieces()) - {"<pad>", "<unk>"}
    expected = "" if text.isspace() else replace_surrogates(text).replace("▁", " ")
    assert fitted.decode(tokens) == expected


def test_a_long_text_with_spaces_gives_the_pieces_of_one_go(fitted: SentencePiece) -> None:
    text = "  ".join(TEXTS * 10)  # 40 KB: the library itself can still take it
    from sentencepiece import SentencePieceProcessor

    model = SentencePieceProcessor(model_proto=fitted.state().files["spm.model"])
    assert fitted([text, "짧은 글"]) == model.encode([text, "짧은 글"], out_type=str)


@pytest.mark.parametrize("unit", ["영화", "😂", "a", "가나다라마바사아자차 "])
def test_a_megabyte_without_a_break(fitted: SentencePiece, unit: str) -> None:
    text = (unit * (1_000_000 // len(unit.encode()))).rstrip()
    (tokens,) = fitted([text])
    assert fitted.decode(tokens) == text
    assert set(tokens) <= set(fitted.pieces())


@settings(max_examples=20)
@given(text=st.text(st.sampled_from("가a 😂ㅋ"), min_size=1), times=st.integers(1, 9000))
def test_wherever_a_long_text_is_cut(fitted: SentencePiece, text: str, times: int) -> None:
    long = text * times
    assert fitted.decode(fitted([long])[0]) == ("" if long.isspace() else long)


def test_training_is_deterministic() -> None:
    files = [SentencePiece(vocabulary_size=350).fit(TEXTS).state().files for _ in range(2)]
    assert files[0] == files[1]


@pytest.mark.slow
def test_training_is_deterministic_in_another_process() -> None:
    script = (
        "import hashlib, sys\n"
        "from kosent.text.tokenizers import SentencePiece\n"
        "texts = sys.stdin.buffer.read().decode().split('\\n')\n"
        "model = SentencePiece(vocabulary_size=350).fit(texts).state().files['spm.model']\n"
        "print(hashlib.sha256(model).hexdigest())\n"
    )
    import hashlib

    done = subprocess.run(
        [sys.executable, "-c", script],
        input="\n".join(TEXTS).encode(),
        capture_output=True,
        check=True,
    )
    model = SentencePiece(vocabulary_size=350).fit(TEXTS).state().files["spm.model"]
    assert done.stdout.decode().strip() == hashlib.sha256(model).hexdigest()


@pytest.mark.parametrize("model", ["unigram", "bpe"])
@pytest.mark.parametrize(
    "texts",
    [
        ["가"],
        ["😂"],
        ["▁▁"],
        ["a"] * 500,
        ["ㅋ" * 100],
        ["<pad> <unk> <0x41>"] * 30,
        ["a\0b\ud800", "\tx\n"],
        ["▅▅ 영화"],
        [f"재밌는 영화 {number}" for number in range(10)],
    ],
)
def test_tiny_corpora(model: str, texts: list[str]) -> None:
    tokenizer = SentencePiece(model=model).fit(texts)
    sentence = "처음 보는 글 abc 😂"
    assert tokenizer.decode(tokenizer([sentence])[0]) == sentence
    assert tokenizer.pieces()[:2] == ["<pad>", "<unk>"]


def test_a_small_corpus_lowers_the_vocabulary_with_one_notice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        tokenizer = SentencePiece(vocabulary_size=16000).fit(TEXTS)
    assert 256 < len(tokenizer.pieces()) < 16000
    (record,) = caplog.records
    assert f"from 16000 to {len(tokenizer.pieces())}" in record.getMessage()


def test_more_characters_than_room() -> None:
    """The commonest get pieces of their own, the rest are written in bytes."""
    rare = [chr(code) for code in range(0xAC00, 0xAC00 + 2000)]
    tokenizer = SentencePiece(vocabulary_size=300).fit(rare + ["영화가 재밌다"] * 50)
    assert len(tokenizer.pieces()) <= 300
    assert "영" in "".join(tokenizer.pieces())
    text = "영화 " + "".join(rare)
    assert tokenizer.decode(tokenizer([text])[0]) == text


def test_long_training_texts_are_not_dropped() -> None:
    """The library alone would learn nothing from them: it drops lines over 4,192 bytes."""
    tokenizer = SentencePiece(vocabulary_size=400).fit(["독특한낱말 아무거나 " * 1000, "짧은 글"])
    assert "▁독특한낱말" in tokenizer.pieces()


def test_training_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    SentencePiece(vocabulary_size=300).fit(TEXTS)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("texts", [[], ["", " \n"], ["\0"]])
def test_nothing_to_learn_from(texts: list[str]) -> None:
    with pytest.raises(DataError, match="no text"):
        SentencePiece().fit(texts)


def test_not_fitted() -> None:
    for use in (SentencePiece().pieces, lambda: SentencePiece()(["글"])):
        with pytest.raises(UsageError, match="call fit first"):
            use()


def test_fitting_again_forgets(fitted: SentencePiece) -> None:
    tokenizer = pickle.loads(pickle.dumps(fitted))  # noqa: S301
    tokenizer.fit(["전혀 다른 말뭉치"] * 5)
    assert tokenizer.pieces() != fitted.pieces()
    assert tokenizer.decode(tokenizer(["다른 말"])[0]) == "다른 말"


def test_damaged_models_are_refused(fitted: SentencePiece) -> None:
    model = fitted.state().files["spm.model"]
    for end in range(0, len(model) - 1, 97):
        cut = TokenizerState("sentencepiece", {}, {"spm.model": model[:end]})
        try:
            pieces = restore(cut).pieces()
        except BundleError:
            continue
        # A cut at a border of the format leaves a whole, shorter model: the encoder knows the
        # number of pieces and refuses it.
        assert len(pieces or []) < len(fitted.pieces())


@settings(max_examples=200)
@given(changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=20))
def test_changed_models_never_crash(fitted: SentencePiece, changes: list[tuple[int, int]]) -> None:
    model = bytearray(fitted.state().files["spm.model"])
    for place, value in changes:
        model[place % len(model)] = value
    try:
        tokenizer = restore(TokenizerState("sentencepiece", {}, {"spm.model": bytes(model)}))
    except BundleError:
        return
    assert all(isinstance(piece, str) for piece in tokenizer.pieces() or [])


# --- ids, and drawing them ----------------------------------------------------------------------


@given(
    texts=st.lists(st.text(st.characters()) | st.text(st.sampled_from("영화가 재밌다ㅋ\0\ud800")))
)
def test_ids_are_the_places_of_the_tokens(fitted: SentencePiece, texts: list[str]) -> None:
    texts = [*texts, *TEXTS[: 40 if len(texts) % 2 else 0], "가a " * 5000]
    places = {piece: place for place, piece in enumerate(fitted.pieces())}
    assert fitted.ids(texts) == [[places[piece] for piece in row] for row in fitted(texts)]


@pytest.mark.parametrize(("model", "nbest"), [("unigram", -1), ("unigram", 8), ("bpe", -1)])
def test_drawing_depends_on_the_seed_alone(model: str, nbest: int) -> None:
    tokenizer = SentencePiece(vocabulary_size=350, model=model, alpha=0.2, nbest=nbest).fit(TEXTS)
    drawn = [tokenizer.sample(TEXTS, seed) for seed in (1, 2, 1)]
    assert drawn[0] == drawn[2] != drawn[1]
    assert drawn[0] != tokenizer.ids(TEXTS) == tokenizer.ids(TEXTS)  # never in prediction
    pieces = tokenizer.pieces()
    for row, text in zip(drawn[0] or [], TEXTS, strict=True):
        assert tokenizer.decode([pieces[place] for place in row]) == text


def test_drawing_from_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    tokenizer = SentencePiece(vocabulary_size=350, alpha=0.2).fit(TEXTS)
    expected = [tokenizer.sample(TEXTS, seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda seed: tokenizer.sample(TEXTS, seed), range(8))) == expected


@pytest.mark.parametrize(("model", "nbest"), [("unigram", -1), ("unigram", 8), ("bpe", -1)])
def test_drawing_takes_any_text(model: str, nbest: int) -> None:
    tokenizer = SentencePiece(vocabulary_size=350, model=model, alpha=0.2, nbest=nbest).fit(TEXTS)
    texts = ["", " \n", "\ud800\0", "가" * 20_000, "영화가 정말 " * 2000]
    rows = tokenizer.sample(texts, 3)
    assert rows is not None
    assert [bool(row) for row in rows] == [False, False, True, True, True]
    pieces = tokenizer.pieces()
    decoded = [tokenizer.decode([pieces[place] for place in row]) for row in rows[2:]]
    if nbest == -1:  # the best ones of a long run are those of its parts, with a space between
        assert decoded == ["\ufffd\0", *texts[3:]]
    assert tokenizer.sample([], 3) == []


def test_nothing_is_drawn_unless_asked(fitted: SentencePiece) -> None:
    assert fitted.sample(TEXTS, 1) is None


@pytest.mark.parametrize(
    "arguments",
    [{"alpha": 0}, {"alpha": 0.0}, {"alpha": 1.5}, {"alpha": "0.1"}, {"nbest": 0}, {"nbest": 1},
     {"nbest": True}, {"nbest": 10_000}, {"model_file": 3}],
)  # fmt: skip
def test_impossible_settings(arguments: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(arguments))):
        SentencePiece(**arguments)  # type: ignore[arg-type]


def test_long_texts_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        SentencePiece(vocabulary_size=300).fit([*TEXTS, "긴 글 " * 2000, "가" * 5000])
    record = caplog.records[0]  # the other one is about the vocabulary
    assert "2 texts over 4,000 bytes in parts" in record.getMessage()


# --- a model of the user's own ------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model as its library trains it: ids, normalisation and unknowns of its own."""
    from sentencepiece import SentencePieceTrainer

    path = tmp_path_factory.mktemp("model") / "plain.model"
    with path.open("wb") as file:
        SentencePieceTrainer.train(
            sentence_iterator=iter(TEXTS), model_writer=file, vocab_size=50, minloglevel=2
        )
    return path


def test_a_model_of_the_users_own(plain_model: Path, caplog: pytest.LogCaptureFixture) -> None:
    from sentencepiece import SentencePieceProcessor

    own = SentencePieceProcessor(model_file=str(plain_model))
    assert (own.unk_id(), own.pad_id()) == (0, -1)
    tokenizer = SentencePiece(model_file=str(plain_model))
    assert not caplog.records
    tokenizer.fit(["다른 글"])
    (record,) = caplog.records
    assert "nmt_nfkc" in record.getMessage()
    texts = [*TEXTS, "모르는 글자 쀍", "영화가 정말 " * 4000]
    assert tokenizer(texts) == own.encode(texts, out_type=str)
    pieces = tokenizer.pieces()
    assert pieces[:2] == ["<pad>", "<unk>"]
    assert len(pieces) == len(set(pieces)) == 51
    places = {piece: place for place, piece in enumerate(pieces)}
    assert tokenizer.ids(texts) == [[places.get(p, 1) for p in row] for row in tokenizer(texts)]
    assert any(1 in row for row in tokenizer.ids(texts))


@pytest.mark.parametrize("kind", ["char", "word"])
def test_a_model_that_cannot_draw(kind: str, tmp_path: Path) -> None:
    from sentencepiece import SentencePieceTrainer

    path = tmp_path / "own.model"
    with path.open("wb") as file:
        SentencePieceTrainer.train(
            sentence_iterator=iter(TEXTS),
            model_writer=file,
            model_type=kind,
            vocab_size=50,
            hard_vocab_limit=False,
            minloglevel=2,
        )
    assert SentencePiece(model_file=str(path))(TEXTS[:1])[0]
    with pytest.raises(UsageError, match=f"model_file is a {kind} model; leave it out"):
        SentencePiece(model_file=str(path), alpha=0.2)


def test_a_model_of_the_users_own_travels_whole(plain_model: Path) -> None:
    encoder = TextEncoder("sentencepiece", tokenizer_options={"model_file": str(plain_model)})
    expected = encoder.fit(TEXTS)(TEXTS).tolist()
    files = encoder.files()
    assert files["spm.model"] == plain_model.read_bytes()
    again = TextEncoder.from_files(files)
    assert again(TEXTS).tolist() == expected
    assert again.files() == files
    assert str(plain_model).encode() not in files["encoder.json"]


def test_kosents_own_model_as_a_file(fitted: SentencePiece, tmp_path: Path) -> None:
    path = tmp_path / "spm.model"
    path.write_bytes(fitted.state().files["spm.model"])
    again = SentencePiece(model_file=str(path)).fit([])
    assert again.pieces() == fitted.pieces()
    assert again.ids(TEXTS) == fitted.ids(TEXTS)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a text\n" * 99,
        b"\x0a\x02",
        bytes(range(256)) * 9,
        b"\x0a\x05\x0a\x03abc",
        b"\xff" * 99,
    ],
    ids=repr,
)
def test_files_that_are_no_model(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "my.model"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"my\.model"):
        SentencePiece(model_file=str(path))


def test_a_model_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.model", tmp_path):
        with pytest.raises(UsageError, match="cannot read"):
            SentencePiece(model_file=str(path))


@settings(max_examples=200)
@given(data=st.binary(max_size=200))
def test_facts_of_any_bytes(data: bytes) -> None:
    try:
        facts = read_facts(data)
    except ValueError:
        return
    assert facts.pieces >= 1


def test_facts(fitted: SentencePiece, plain_model: Path) -> None:
    facts = read_facts(fitted.state().files["spm.model"])
    assert facts == ModelFacts(len(fitted.pieces()), fitted.model, "identity", True)
    assert read_facts(plain_model.read_bytes()) == ModelFacts(50, "unigram", "nmt_nfkc", False)


def test_pieces_may_be_written_in_any_way() -> None:
    def piece(*fields: bytes) -> bytes:
        message = b"".join(fields)
        assert len(message) < 0x80
        return b"\x0a" + bytes([len(message)]) + message

    text, score, unknown = b"\x0a\x01a", b"\x15\x00\x00\x80\xbf", b"\x18\x02"
    other, wide_tag = piece(b"\x0a\x01b", score), piece(b"\x8a\x00\x01c")
    for first in (
        (text, score, unknown),
        (unknown, text, score),
        (text, unknown),
        (score, unknown, text),
    ):
        assert read_facts(piece(*first) + other + wide_tag).pieces == 3
    with pytest.raises(ValueError, match="0 unknown"):
        read_facts(piece(text, score) + other)
    with pytest.raises(ValueError, match="0 unknown"):
        read_facts(piece(text, score, b"\x18\x01") + other)
    with pytest.raises(ValueError, match="repeated"):
        read_facts(piece(text, score, unknown) + piece(score, text))


def test_padding_and_unknown_come_first_wherever_the_model_has_them(tmp_path: Path) -> None:
    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

    path = tmp_path / "other.model"
    with path.open("wb") as file:
        SentencePieceTrainer.train(
            sentence_iterator=iter(TEXTS), model_writer=file, vocab_size=50, minloglevel=2,
            unk_id=2, bos_id=-1, eos_id=1, pad_id=0, normalization_rule_name="identity",
        )  # fmt: skip
    own = SentencePieceProcessor(model_file=str(path))
    tokenizer = SentencePiece(model_file=str(path)).fit([])
    pieces = tokenizer.pieces()
    assert pieces[:3] == ["<pad>", "<unk>", "</s>"]
    (row,) = tokenizer.ids(["영화가 쀍"])
    assert row[-1] == 1
    assert [pieces[place] for place in row[:-1]] == own.encode("영화가 쀍", out_type=str)[:-1]
