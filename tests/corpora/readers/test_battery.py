"""Files as people have them: training, evaluation and prediction read the same rows of each."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosent.corpora import load_corpus
from kosent.evaluation import evaluate
from kosent.inspection.audit import audit
from kosent.prediction import open_rows
from kosent.support.progress import Silent

Pairs = list[tuple[str, str]]

ROWS: Pairs = [
    ("정말, 재밌다", "긍정"),
    ("별로예요; 음|흠", "부정"),
    ('그는 "최고"라고 했다', "긍정"),
    ("그저 그래요", "중립"),
    ("두 번 봤어요", "긍정"),
    ("돈이 아깝다", "부정"),
]
LINES: Pairs = [*ROWS, ("첫 줄\n둘째 줄", "중립")]  # with a line end in a cell
PLAIN: Pairs = [("재밌다", "긍정"), ("별로", "부정"), ("보통", "중립"), ("또 볼래", "긍정")]


@dataclass(frozen=True)
class File:
    """A file, and what has to be read from it.

    ``dropped`` are the lines that training does not use and why; ``unread`` those of them that
    hold no text for prediction either.
    """

    title: str
    name: str
    data: bytes
    kept: Pairs
    dropped: list[tuple[int, str]] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    says: tuple[str, ...] = ()


def table(rows: Pairs, header: tuple[str, ...] | None = ("text", "label"), **how: Any) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, **({"lineterminator": "\n"} | how)).writerows(
        [header, *rows] if header else rows
    )
    return out.getvalue()


def plain(rows: Pairs, mark: str, header: str | None = None) -> str:
    first = f"text{mark}label" if header is None else header
    return "".join(f"{line}\n" for line in [first, *(f"{a}{mark}{b}" for a, b in rows)] if line)


ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "cp949": "CP949",
    "utf-16": "UTF-16-LE",
    "utf-16-be-mark": "UTF-16-BE",
    "utf-16-le": "UTF-16-LE",
    "utf-16-be": "UTF-16-BE",
    "utf-32": "UTF-32-LE",
}


def encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-16-be-mark":
        return b"\xfe\xff" + text.encode("utf-16-be")
    return text.encode(encoding)


def dialects() -> Iterator[File]:
    ends = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
    for mark, (encoding, shown), end in product(",;|\t", ENCODINGS.items(), ends):
        rows = ROWS if end == "cr" else LINES
        text = table(rows, delimiter=mark, lineterminator=ends[end])
        name = "tab" if mark == "\t" else mark
        told = (f"separator '{name}'", shown)
        data = encoded(text, encoding)
        # Tabs are read without quotes where that fits, and here a quoted cell has a line end or
        # not: both are read, but of the latter the quotes are letters, as in NSMC's files.
        if mark == "\t" and end == "cr":
            rows = [
                (a if '"' not in a else f'"{a.replace(chr(34), chr(34) * 2)}"', b) for a, b in rows
            ]
        yield File(f"{name} {encoding} {end}", "a.csv", data, rows, says=told)


def endings() -> Iterator[File]:
    for suffix, mark in product((".csv", ".tsv", ".txt", ".data", ""), ",;|\t"):
        if mark == "\t":
            text = table(LINES, delimiter=mark)
        else:
            text = table(LINES, delimiter=mark, quoting=csv.QUOTE_ALL)
        yield File(f"{suffix or 'no ending'} {mark!r}", f"a{suffix}", text.encode(), LINES)
    for mark in ",;|\t":
        text = f"sep={mark}\n" + table(LINES, delimiter=mark)
        yield File(f"sep={mark!r}", "a.csv", text.encode(), LINES)
    for mark in ",;|\t":
        text = table(LINES, delimiter=mark, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        yield File(f"all quoted {mark!r}", "a.csv", text.encode(), LINES)


def packed() -> Iterator[File]:
    import zstandard

    packings: dict[str, Callable[[bytes], bytes]] = {
        ".gz": gzip.compress,
        ".bz2": bz2.compress,
        ".xz": lzma.compress,
        ".zst": zstandard.ZstdCompressor().compress,
    }
    for (suffix, data), (ending, pack) in product(formats().items(), packings.items()):
        yield File(f"{suffix}{ending}", f"a{suffix}{ending}", pack(data), LINES)
    for ending, pack in packings.items():
        yield File(f"{ending} unsaid", "a.csv", pack(formats()[".csv"]), LINES)
    for suffix, data in formats().items():
        yield File(suffix, f"a{suffix}", data, LINES)
    objects = [{"text": a, "label": b} for a, b in LINES]
    text = json.dumps(objects, ensure_ascii=False, indent=2)
    yield File("indented array", "a.json", text.encode(), LINES, says=("a JSON array",))
    yield File("array in UTF-16", "a.json", text.encode("utf-16"), LINES)
    yield File("array in CP949", "a.json", text.encode("cp949"), LINES)
    yield File("array called txt", "a.txt", text.encode(), LINES)
    yield File("lines called json", "a.json", formats()[".jsonl"], LINES, says=("JSON lines",))
    yield File("lines called txt", "a.txt", formats()[".jsonl"], LINES)
    yield File("lines called csv", "a.csv", formats()[".jsonl"], LINES)
    yield File("parquet called csv", "a.csv", formats()[".parquet"], LINES, says=("Parquet",))
    yield File("xlsx called csv", "a.csv", formats()[".xlsx"], LINES, says=("a spreadsheet",))


def formats() -> dict[str, bytes]:
    if not _FORMATS:
        import openpyxl
        import pyarrow as pa
        import pyarrow.parquet as pq

        objects = [{"text": a, "label": b} for a, b in LINES]
        lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects).encode()
        parquet, excel = io.BytesIO(), io.BytesIO()
        pq.write_table(pa.Table.from_pylist(objects), parquet)
        book = openpyxl.Workbook()
        for row in [("text", "label"), *LINES]:
            book.active.append(row)
        book.save(excel)
        _FORMATS.update(
            {
                ".csv": table(LINES).encode(),
                ".tsv": table(LINES, delimiter="\t").encode(),
                ".txt": table(LINES, delimiter="\t").encode(),
                ".jsonl": lines,
                ".ndjson": lines,
                ".json": json.dumps(objects).encode(),
                ".parquet": parquet.getvalue(),
                ".xlsx": excel.getvalue(),
            }
        )
    return _FORMATS


_FORMATS: dict[str, bytes] = {}


def named() -> Iterator[File]:
    texts = [
        "후기",
        "리뷰",
        "리뷰내용",
        "댓글내용",
        "내용",
        "본문",
        "Text",
        "TEXT",
        "document",
        "review_text",
    ]
    labels = ["별점", "평점", "감성", "긍부정", "분류", "y", "결과", "Label", "sentiment", "라벨"]
    others = [" text ", "\ufefftext", "리 뷰", "review-text", unicodedata.normalize("NFD", "리뷰")]
    pairs = [*product(texts[:3], labels), *zip(texts, labels, strict=True)]
    pairs += [*product(others, ["감성 라벨", "감성_라벨", unicodedata.normalize("NFD", "감정")])]
    pairs = [*dict.fromkeys(pairs)]
    for text, label in pairs:
        data = table(PLAIN, (text, label)).encode()
        yield File(
            f"{text!r} {label!r}", "a.csv", data, PLAIN, says=("text column", "label column")
        )
    for text, label in pairs[::5]:
        lines = (json.dumps({label: b, "id": 1, text: a}) + "\n" for a, b in PLAIN)
        yield File(f"json {text!r} {label!r}", "a.jsonl", "".join(lines).encode(), PLAIN)


def nameless() -> Iterator[File]:
    for suffix, mark in ((".csv", ","), (".csv", ";"), (".tsv", "\t"), (".txt", "\t")):
        for turned, numbered in product((False, True), repeat=2):
            kept = [(a, str("부긍중".index(b[0]))) for a, b in PLAIN] if numbered else PLAIN
            rows = [(b, a) for a, b in kept] if turned else kept
            data = table(rows, None, delimiter=mark).encode()
            title = f"{suffix} {mark!r} turned={turned} numbered={numbered}"
            yield File(title, f"a{suffix}", data, kept, says=("no column names",))
    fasttext = "".join(f"__label__{b} {a}\n" for a, b in PLAIN).encode()
    for name in ("a.txt", "a.train", "a"):
        yield File(f"fastText {name}", name, fasttext, PLAIN, says=("fastText's format",))


def spelled() -> Iterator[File]:
    zero, bom, decomposed = "\u200b", "\ufeff", unicodedata.normalize("NFD", "긍정")
    same = {
        "긍정": [
            f"긍정{zero}",
            f"{bom}긍정",
            " 긍정 ",
            "긍정\u3000",
            decomposed,
            "'긍정",
            "\u2060긍정",
        ],
        "1": ["1.0", "1.00", "１", "'1", "１.０", " 1"],
        "-1": ["-1.0", "－1"],
        "True": ["TRUE", "true", "Ｔrue"],
        "False": ["FALSE", "false"],
        "매우 좋음": ["매우  좋음", "매우\u00a0좋음", "매우 \t좋음"],
        "none": ["none", "ｎone"],
    }
    for label, others in same.items():
        for other in others:
            data = table([("좋다", label), ("아주 좋다", other)]).encode()
            kept = [("좋다", label), ("아주 좋다", label)]
            yield File(f"{label!r} {other!r}", "a.csv", data, kept)
    for missing in (
        "",
        " ",
        "NaN",
        "nan",
        "NA",
        "N/A",
        "null",
        "NULL",
        "None",
        "#N/A",
        "<NA>",
        "\u200b",
    ):
        data = table([("좋다", "긍정"), ("모름", missing), ("싫다", "부정")]).encode()
        kept = [("좋다", "긍정"), ("싫다", "부정")]
        yield File(f"missing {missing!r}", "a.csv", data, kept, [(3, "no label")])


GOOD = "좋다,긍정\n싫다,부정\n보통,긍정\n음,부정\n"
KEPT: Pairs = [("좋다", "긍정"), ("싫다", "부정"), ("보통", "긍정"), ("음", "부정")]


def odd() -> Iterator[File]:
    def comma(title: str, lines: str, kept: Pairs, *rest: Any, **more: Any) -> File:
        data = f"text,label\n{GOOD}{lines}".encode()
        return File(title, "a.csv", data, [*KEPT, *kept], *rest, **more)

    yield comma(
        "a quote that never closes", '"화면 좋음,긍정\n소리,부정\n',
        [('"화면 좋음', "긍정"), ("소리", "부정")], says=("never close", "(lines: 6)"),
    )  # fmt: skip
    fifteen = [(f"글 {n}", "긍정" if n % 2 else "부정") for n in range(13)]
    yield comma(
        "two stray quotes do not merge fifteen rows",
        '"화면,긍정\n' + "".join(f"{a},{b}\n" for a, b in fifteen) + '배송",부정\n',
        [('"화면', "긍정"), *fifteen, ('배송"', "부정")], says=("read as rows (lines: 6-20)",),
    )  # fmt: skip
    yield comma(
        "a row of two lines with commas", '"하나, 둘\n셋",긍정\n', [("하나, 둘\n셋", "긍정")]
    )
    yield comma(
        "a long cell is said", '"' + "줄\n" * 30 + '끝",긍정\n', [("줄\n" * 30 + "끝", "긍정")],
        says=("one cell", "(lines: 6-36)"),
    )  # fmt: skip
    yield comma('"최고"라고', '"최고"라고,긍정\n', [("최고라고", "긍정")])
    yield comma("a quote inside", '화면 5" 좋음,긍정\n', [('화면 5" 좋음', "긍정")])
    yield comma("quotes inside quotes", '"그는 ""와"" 했다",긍정\n', [('그는 "와" 했다', "긍정")])
    yield comma(
        "every line opens a quote", '"하나,긍정\n"둘,부정\n', [('"하나', "긍정"), ('"둘', "부정")]
    )
    yield comma("a blank line at the end", "\n", [])
    yield comma("blank lines at the end", "\n\r\n  \n", [])
    yield comma("separators at the end", ",\n", [], [(6, "empty text")])
    yield comma(
        "an empty cell too many", "하나,긍정,\n둘,부정,,\n", [("하나", "긍정"), ("둘", "부정")]
    )
    yield comma("no line end at the end", "하나,긍정", [("하나", "긍정")])
    blank, count = (7, "blank line"), "wrong column count"
    yield comma(
        "a blank line between",
        "하나,긍정\n\n둘,부정\n",
        [("하나", "긍정"), ("둘", "부정")],
        [blank],
        [7],
    )
    yield comma(
        "too few and too many", "하나\n하나,긍정,셋\n", [], [(6, count), (7, count)], [6, 7]
    )
    yield comma("an empty text", ",긍정\n  ,부정\n", [], [(6, "empty text"), (7, "empty text")])
    yield comma(
        "a broken quote that is no row",
        '"하나\n둘,긍정\n',
        [("둘", "긍정")],
        [(6, "broken row")],
        [6],
    )
    not_decoded = "neither UTF-8 nor CP949"
    for encoding, name in product(("utf-8", "cp949"), ("a.csv", "a.tsv", "a.jsonl", "a.txt.gz")):
        mark = "," if name == "a.csv" else "\t"
        lines = [f"text{mark}label", *(f"{a}{mark}{b}" for a, b in KEPT)]
        if name == "a.jsonl":
            lines = [json.dumps({"text": a, "label": b}, ensure_ascii=False) for a, b in KEPT]
        parts = [line.encode(encoding) for line in lines]
        data = b"\n".join([*parts[:3], b"\xff\xff\x81" + mark.encode() + b"1", *parts[3:]]) + b"\n"
        data = gzip.compress(data) if name.endswith(".gz") else data
        title = f"one bad line {encoding} {name}"
        yield File(title, name, data, KEPT, [(4, not_decoded)], [4])
    yield File(
        "a bad byte in UTF-16", "a.csv",
        f"text,label\n{GOOD}HALF끝,긍정\n".encode("utf-16-le").replace(
            "HALF".encode("utf-16-le"), b"\x00\xd8,\x00a\x00\n\x00"
        ),
        [*KEPT, ("끝", "긍정")], [(6, not_decoded)], [6],
    )  # fmt: skip
    nsmc = 'id\tdocument\tlabel\n1\t"열기만 한\t1\n2\t""감싼" 글"\t0\n3\t\t1\n4\t끝\t0\n'
    rows = [('"열기만 한', "1"), ('""감싼" 글"', "0"), ("끝", "0")]
    for name in ("ratings_train.txt", "a.tsv", "a.csv", "a"):
        yield File(f"NSMC {name}", name, nsmc.encode(), rows, [(4, "empty text")])
    pandas = (
        'text\tlabel\n"탭\t이 있는 글"\t긍정\n"그는 ""와"" 했다"\t부정\n"두\n줄"\t긍정\n끝\t부정\n'
    )
    kept = [
        ("탭\t이 있는 글", "긍정"),
        ('그는 "와" 했다', "부정"),
        ("두\n줄", "긍정"),
        ("끝", "부정"),
    ]
    for name in ("a.tsv", "a.txt", "a.csv"):
        yield File(f"TSV of pandas {name}", name, pandas.encode(), kept, says=("quoted fields",))
    objects = ['{"Text": "하나", "LABEL": 1}', '{"Text": "둘", "LABEL": 1.0}', "{", "", "[1]"]
    objects += ['{"LABEL": 2}', '{"Text": null, "LABEL": 2}', '{"Text": 3, "LABEL": 2}']
    objects += ['{"Text": "셋", "LABEL": null}', '{"Text": "넷", "LABEL": true}', ""]
    broken = [(3, "broken row"), (4, "blank line"), (5, "broken row"), (6, "empty text")]
    broken += [(7, "empty text"), (8, "text is not a string")]
    yield File(
        "JSON lines of all kinds", "a.jsonl", "\n".join(objects).encode(),
        [("하나", "1"), ("둘", "1"), ("넷", "True")],
        [*broken, (9, "no label")], [3, 4, 5, 6, 7, 8],
    )  # fmt: skip
    yield File("one object a file", "a.ndjson", b'{"text": "a", "label": "b"}', [("a", "b")])
    yield File("a header of one line only and rows", "a.csv", table(PLAIN).encode(), PLAIN)
    yield File("blank lines first", "a.csv", b"\n\r\n" + table(PLAIN).encode(), PLAIN)
    index = "".join(f"{n},{a},{b}\n" for n, (a, b) in enumerate(PLAIN))
    yield File("pandas' index", "a.csv", f",text,label\n{index}".encode(), PLAIN)
    several = "__label__a 하나\n__label__a __label__b 둘\n\n없음\n__label__b 셋\n".encode()
    lost = [(2, "broken label"), (3, "blank line"), (4, "no label")]
    yield File("fastText of all kinds", "a.txt", several, [("하나", "a"), ("셋", "b")], lost, [3])


FILES = [
    *dialects(), *endings(), *packed(), *named(), *nameless(), *spelled(), *odd(),
]  # fmt: skip


def test_there_are_enough() -> None:
    assert len({file.title for file in FILES}) == len(FILES) >= 150


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.title)
def test_training_prediction_evaluation_and_audit_read_the_same(
    file: File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.data)

    corpus = load_corpus(path)
    train = corpus.train
    assert list(zip(train.texts, train.labels, strict=True)) == file.kept
    assert [(row.line, row.reason) for row in train.audit.dropped] == file.dropped
    for words in file.says:
        assert any(words in notice for notice in corpus.notices), corpus.notices

    with open_rows(str(path)) as rows:
        found = list(rows.rows)
    assert len(found) == train.audit.read
    assert [row.line for row in found if row.fault] == file.unread
    reasons = dict(file.dropped)
    assert all(row.fault == reasons[row.line] for row in found if row.fault)
    assert [row.text for row in found if row.line not in reasons] == train.texts
    assert [row.line for row in found] == sorted(row.line for row in found)

    model = SimpleNamespace(classes_=np.array(sorted(set(train.labels))))
    monkeypatch.setattr(evaluate, "load", lambda _: model)
    monkeypatch.setattr(evaluate, "read_manifest", lambda _: {"info": {}})
    ready = evaluate.prepare("model", str(path), listener=Silent())
    assert (list(ready.texts), ready.labels) == (train.texts, train.labels)

    audited = audit(corpus, suspects=False)
    assert [(row.text, row.label) for row in audited.rows if row.split == "train"] == file.kept
    counted = audited.accounts["train"]
    assert (counted["read"], counted["kept"]) == (train.audit.read, len(file.kept))
