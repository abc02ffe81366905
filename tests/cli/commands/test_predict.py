"""``kosent predict``: every text gets its line, whatever it holds and wherever it comes from."""

from __future__ import annotations

import io
import json
import shutil
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from kosent.bundles import archive
from kosent.prediction import open_rows
from kosent_cli.main import run

if TYPE_CHECKING:
    from kosent import TextClassifier

SENTENCE = "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다"


def texts_of(outcome: Any) -> list[str]:
    assert outcome.code == 0, outcome
    return [answer["text"] for answer in outcome.json]


def test_the_latest_model_is_used_and_named(kosent: Callable[..., Any], home: Path) -> None:
    (bundle,) = home.glob("runs/*/bundle")
    outcome = kosent("predict", SENTENCE)
    assert outcome.code == 0
    assert outcome.err == f"모델 / model: {bundle.relative_to(home)}\n"
    label, probability, every, text = outcome.out.removesuffix("\n").split("\t")
    assert text == SENTENCE
    shown = dict(part.split("=") for part in every.split())
    assert set(shown) == {"negative", "positive"}
    assert shown[label] == probability == max(shown.values())
    # Named, by its folder or that of its run, it answers the same and is not named again.
    for path in (bundle, bundle.parent):
        named = kosent("predict", "--bundle", str(path), SENTENCE)
        assert (named.code, named.out, named.err) == (0, outcome.out, "")


def test_json_has_the_probabilities_of_all_classes(
    kosent: Callable[..., Any], quick: Path, loaded: TextClassifier
) -> None:
    document = kosent("predict", "--json", SENTENCE, "최고").json
    expected = loaded.predict_proba([SENTENCE, "최고"]).tolist()
    for answer, row in zip(document, expected, strict=True):
        assert set(answer) == {"text", "label", "probabilities"}
        assert answer["probabilities"] == dict(zip(["negative", "positive"], row, strict=True))
        assert answer["probabilities"][answer["label"]] == max(row)


def test_unsure_answers_are_left_open(
    kosent: Callable[..., Any], refused: Callable[..., str], quick: Path, loaded: TextClassifier
) -> None:
    texts = [SENTENCE, "최고", "정말 재밌다", "그냥 그래요", "별로"]
    highest = sorted(loaded.predict_proba(texts).max(axis=1).tolist())
    least = repr((highest[1] + highest[2]) / 2)
    document = kosent("predict", "--json", "--min-confidence", least, *texts).json
    assert sum(answer["label"] is None for answer in document) == 2
    lines = kosent("predict", "--min-confidence", least, *texts).out.splitlines()
    for answer, line in zip(document, lines, strict=True):
        assert answer["confidence"] == max(answer["probabilities"].values())
        assert answer["probabilities"][answer["top"]] == answer["confidence"]
        assert answer["label"] in (None, answer["top"])
        label, probability, _, text = line.split("\t")
        assert label == (answer["label"] or "모르겠음/unsure")
        assert (probability, text) == (f"{answer['confidence']:.4f}", answer["text"])
    assert "from 0 to 1" in refused(2, "predict", "--min-confidence", "80", SENTENCE)


def test_texts_of_any_kind(kosent: Callable[..., Any], quick: Path) -> None:
    texts = ["", " ", "👍👍👍", "ㅋㅋㅋㅋ", "\udcec\udc9e", "a\nb", "x" * 1_000_000, "-", "\u2028"]
    outcome = kosent("predict", "--", *texts)
    assert outcome.code == 0
    assert len(outcome.out.split("\n")) == len(texts) + 1
    assert texts_of(kosent("predict", "--json", "--", *texts)) == texts


def test_decomposed_hangul_is_the_same_text(kosent: Callable[..., Any], quick: Path) -> None:
    both = [SENTENCE, unicodedata.normalize("NFD", SENTENCE)]
    composed, decomposed = kosent("predict", "--json", *both).json
    assert composed["probabilities"] == decomposed["probabilities"]
    assert [composed["text"], decomposed["text"]] == both


@pytest.mark.parametrize("arguments", [("-",), ("--input", "-")])
def test_stdin(arguments: tuple[str, ...], kosent: Callable[..., Any], quick: Path) -> None:
    line = "가" * 350_000  # a megabyte
    data = f"좋아요\0\n\n  \r\n{line}\n별로\u2028끝\n\n마지막".encode()
    outcome = kosent("predict", "--json", *arguments, stdin=data)
    assert texts_of(outcome) == ["좋아요\0", "", "  ", line, "별로\u2028끝", "", "마지막"]


def test_stdin_with_nothing_in_it(kosent: Callable[..., Any], quick: Path) -> None:
    assert kosent("predict", "--json", "-").json == []
    assert kosent("predict", "-").out == ""


@pytest.mark.parametrize(
    ("encoding", "notice"), [("utf-8", False), ("utf-8-sig", False), ("cp949", True)]
)
def test_files(
    encoding: str, notice: bool, kosent: Callable[..., Any], quick: Path, tmp_path: Path
) -> None:
    path = tmp_path / "reviews.txt"
    path.write_bytes("재밌다\r\n\r\n별로\n".encode(encoding))
    outcome = kosent("predict", "--json", "--input", str(path))
    assert texts_of(outcome) == ["재밌다", "", "별로"]
    assert ("CP949" in outcome.err) == notice
    assert ("UTF-8" in outcome.err) != notice


def test_a_file_in_no_known_encoding(
    refused: Callable[..., str], home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "reviews.txt"
    path.write_bytes(b"ok\n\xff\xff\xff\n")
    assert "text number 2" in refused(3, "predict", "--input", str(path))
    assert "neither UTF-8 nor CP949" in refused(3, "predict", "--input", str(path))
    assert "neither UTF-8 nor CP949" in refused(3, "predict", "-", stdin=b"\xff\xff")


NSMC = "id\tdocument\tlabel\n1\t재밌다\t1\n\n2\t별로\t0\n\n"


def test_a_table_is_read_as_one_wherever_it_comes_from(
    kosent: Callable[..., Any], quick: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ratings.txt"
    path.write_text(NSMC)
    for outcome in (
        kosent("predict", "--json", "--input", str(path)),
        kosent("predict", "--json", "-", stdin=NSMC.encode()),
        kosent("predict", "--json", "-", "--text-column", "document", stdin=NSMC.encode()),
    ):
        assert texts_of(outcome) == ["재밌다", "별로"]
        assert "text column 'document', separator 'tab', UTF-8" in outcome.err
    outcome = kosent("predict", "--json", "-", "--text-column", "id", stdin=NSMC.encode())
    assert texts_of(outcome) == ["1", "2"]


def test_options_and_formats_that_cannot_be_followed(
    refused: Callable[..., str], quick: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("재밌다\n별로\n")
    line = refused(2, "predict", "--input", str(path), "--text-column", "document")
    assert "unknown column 'document'" in line
    for name, data, said in (
        ("a.xlsx", b"PK\x03\x04", ".xlsx"),
        ("a.txt", b"\x80\x04\x95", "pickle"),
        ("a.json", b"{\n}", "single object"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        assert said in refused(3, "predict", "--input", str(path), "--output", "out.jsonl")
        assert not Path("out.jsonl").exists()


def test_where_no_row_can_be_read_the_exit_code_says_so(
    kosent: Callable[..., Any], quick: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"text,label\n\xff\xff,1\n\xff\x80,2\n")
    out = tmp_path / "out.jsonl"
    outcome = kosent("predict", "--input", str(path), "--output", str(out))
    assert outcome.code == 3
    assert "rows read: 2; neither UTF-8 nor CP949 2" in outcome.err
    assert out.read_text().count("\n") == 2


REVIEWS = "번호,리뷰,별점\n1,재밌다,5\n2,=별로,1\n3\n4,그냥 그래요,3\n"


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "parquet"])
def test_a_table_with_its_answers(
    ending: str, kosent: Callable[..., Any], quick: Path, tmp_path: Path
) -> None:
    path, out = tmp_path / "reviews.csv", tmp_path / f"out.{ending}"
    path.write_text(REVIEWS, "utf-8")
    outcome = kosent("predict", "--input", str(path), "--output", str(out), "--json")
    assert outcome.json == {"output": str(out), "rows": 4, "errors": 1}
    with open_rows(out, "리뷰", every_column=True) as rows:
        kept = [[str(cell or "") for cell in row.cells[:3]] for row in rows.rows]
        assert rows.columns[:5] == ("번호", "리뷰", "별점", "label", "confidence")
        assert rows.columns[5:] == ("negative", "positive", "error")
    mark = "'" if ending in ("csv", "tsv") else ""
    assert kept[:2] == [["1", "재밌다", "5"], ["2", f"{mark}=별로", "1"]]
    assert kept[2:] == [["3", "", ""], ["4", "그냥 그래요", "3"]]


@pytest.mark.parametrize("option", ["--jsonl", "--output=-"])
def test_json_lines_on_stdout(
    option: str, kosent: Callable[..., Any], quick: Path, tmp_path: Path
) -> None:
    """They are those of a file, wherever the texts come from."""
    path, out = tmp_path / "reviews.csv", tmp_path / "out.jsonl"
    path.write_text(REVIEWS, "utf-8")
    kosent("predict", "--input", str(path), "--output", str(out))
    for given, stdin in (("--input", str(path)), b""), (("-",), REVIEWS.encode()):
        outcome = kosent("predict", *given, option, stdin=stdin)
        assert (outcome.code, outcome.out) == (0, out.read_text("utf-8"))
    outcome = kosent("predict", option, "재밌다", SENTENCE, "\u200b", "\udcec")
    lines = [json.loads(line) for line in outcome.out.splitlines()]
    assert [line["text"] for line in lines] == ["재밌다", SENTENCE, "\u200b", "\udcec"]
    assert [line["row"] for line in lines] == [1, 2, 3, 4]
    assert "texts of which cleaning leaves nothing: 1" in outcome.err
    assert kosent("predict", option, "-").out == ""
    assert not (quick / "-").exists()
    bad = kosent("predict", option, "-", "--text-column", "번호", stdin="번호,x\n,1\n\n".encode())
    assert bad.code == 0  # an empty text is blank, and no error
    bad = kosent("predict", option, "-", stdin=b'{"text": 1}\n')
    assert (bad.code, json.loads(bad.out)["error"]) == (3, "text is not a string")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--input", "in.csv", "--output", "out.json"), ".jsonl, .ndjson, .csv, .tsv, .parquet"),
        (("--input", "in.csv", "--output", "out.csv.gz"), "unknown format of 'out.csv.gz': .gz"),
        (("--input", "in.csv", "--output", "out.xlsx", "--resume"), "cannot be resumed"),
        (("--input", "in.csv", "--output", "out.parquet", "--resume"), "cannot be resumed"),
        (("--input", "in.csv", "--output", "out.csv", "--jsonl"), "write to standard output"),
        (("--input", "in.csv", "--output", "-", "--resume"), "write to standard output"),
        (("--input", "in.csv", "--output", "-", "--json"), "write to standard output"),
        (("--input", "in.csv", "--jsonl", "--json"), "write to standard output"),
        (("--input", "in.csv", "--jsonl", "--resume"), "--resume with --output"),
        (("text", "--output", "out.csv"), "go with --input"),
        (("text", "--text-column", "text"), "go with --input"),
        (("--input", "in.csv", "--output", "in.csv"), "exists already"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_outputs_that_cannot_be_are_refused_before_anything_is_read(
    arguments: tuple[str, ...],
    said: str,
    refused: Callable[..., str],
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (elsewhere / "in.csv").write_bytes(b"\0")
    monkeypatch.setattr("kosent_cli.commands.predict.load_predictor", None)
    assert said in refused(2, "predict", *arguments)
    assert [path.name for path in elsewhere.iterdir()] == ["in.csv"]


def test_files_that_cannot_be_read(
    refused: Callable[..., str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nowhere.txt" in refused(3, "predict", "--input", "nowhere.txt")
    assert "--output FOLDER/" in refused(2, "predict", "--input", str(tmp_path))

    def deny(self: Path, *_: object, **__: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert "Permission denied" in refused(3, "predict", "--input", "secret.txt")
    secret = home / "secret.kosent"
    secret.touch()
    monkeypatch.setattr(archive, "_at_once", deny)
    assert "no permission to read" in refused(4, "predict", "--bundle", str(secret), "x")


def test_stdin_that_cannot_be_read(
    capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _: object) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Broken()))
    assert run(["predict", "-"]) == 3
    assert "Input/output error" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", None)  # as after <&-
    assert run(["predict", "-"]) == 0


@pytest.mark.parametrize("arguments", [(), ("text", "--input", "file"), ("-", "--input", "-")])
def test_one_source_of_texts(
    arguments: tuple[str, ...], refused: Callable[..., str], home: Path
) -> None:
    assert "--input" in refused(2, "predict", *arguments)


@pytest.mark.usefixtures("elsewhere")
def test_the_packaged_model_where_nothing_was_trained(kosent: Callable[..., Any]) -> None:
    done = kosent("predict", SENTENCE)
    assert done.out.startswith("negative\t")
    assert "the packaged Korean model" in done.err


def test_bundles_that_are_none(refused: Callable[..., str], home: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path, Path(__file__)):
        assert "not a kosent bundle" in refused(4, "predict", "--bundle", str(path), "x")
    (tmp_path / "manifest.json").write_text('{"name": "another tool"}', "utf-8")
    assert "damaged" in refused(4, "predict", "--bundle", str(tmp_path), "x")


@pytest.mark.parametrize("name", ["manifest.json", "vocab.txt", "weights.safetensors"])
@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_damaged_bundles(
    name: str, harm: str, refused: Callable[..., str], home: Path, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(next(home.glob("runs/*/bundle")), bundle)
    data = (bundle / name).read_bytes()
    if harm == "missing":
        (bundle / name).unlink()
    else:
        (bundle / name).write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    assert str(bundle) in refused(4, "predict", "--bundle", str(bundle), "x")


@pytest.mark.slow
def test_a_process_of_its_own(
    process: Callable[..., Any], home: Path, plain_environment: dict[str, str]
) -> None:
    done = process("predict", "--json", SENTENCE, b"\xec\x9e", env=plain_environment)
    assert done.returncode == 0
    answers = json.loads(done.stdout.decode("utf-8"))  # one document, and valid UTF-8
    assert [answer["text"] for answer in answers] == [SENTENCE, "\udcec\udc9e"]
    assert len(done.stderr.splitlines()) == 1, done.stderr  # the model; nothing of TensorFlow's


BLANK = ("", " \t ", "\u200b\ufeff")


@pytest.mark.parametrize("more", [(), ("--min-confidence", "0")])
def test_a_blank_text_gets_no_label(
    more: tuple[str, ...], kosent: Callable[..., Any], quick: Path
) -> None:
    outcome = kosent("predict", "재밌다", *BLANK, "--json", *more)
    first, *blank = outcome.json
    assert first["label"] in ("negative", "positive")
    assert "reason" not in first
    for answer in blank:
        assert (answer["label"], answer["reason"]) == (None, "empty text")
        assert set(answer["probabilities"]) == {"negative", "positive"}
    assert "cleaning leaves nothing: 3" in outcome.err
    lines = kosent("predict", "재밌다", *BLANK, *more).out.splitlines()
    assert [line.startswith("모르겠음/unsure\t") for line in lines] == [False, True, True, True]


def test_texts_that_are_cut_are_counted_once(kosent: Callable[..., Any], quick: Path) -> None:
    long = "재밌는 영화 " * 600
    outcome = kosent("predict", "-", stdin="\n".join(["재밌다", long] * 1000).encode())
    assert outcome.err.count("longer than the model reads") == 1
    assert "longer than the model reads: 1,000" in outcome.err
    assert "longer" not in kosent("predict", "재밌다").err
