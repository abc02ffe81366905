"""Runs that take no network to train, and what reads a report as a browser would."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kosent.runs.config import RunConfig
from kosent.runs.run import RunResult, train_run

RUNS_OR_LOADS = {"script", "iframe", "object", "embed", "link", "base", "img", "form"}
VOID = {"meta", "link", "br", "hr", "img", "input"}
MAY_LOAD = {"src", "srcset", "href", "xlink:href", "action", "data", "poster", "background"}
SCHEMES = {"style": ("url(http", "url(//", "@import", "expression(")}

HOSTILE = [
    "<script>alert('x')</script><img src=http://bad.example/x.png onerror=alert(1)>",
    "\u202eetihw\u2066 \u200f뒤집힌 글",
    "반쪽 \ud83d 글자와 \x00\x07\x1b[31m 제어 문자",
    '" onmouseover="alert(1)" \'>{{ 7 * 7 }}{% raw %}',
    "끝없이" * 4000,
]


class Read(HTMLParser):
    """A report, read: it fails where tags do not fit together.

    Attributes:
        tags: Every tag with its attributes.
        text: What stands outside of tags, styles left out.
        headings: The texts of ``h1`` and ``h2``.
        cells: Those of the rows of all tables.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.headings: list[str] = []
        self.cells: list[list[str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), tag
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")
        if tag in ("h1", "h2"):
            self.headings.append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.text += data
        if {"td", "th"} & {*self._open}:
            self.cells[-1][-1] += data
        if {"h1", "h2"} & {*self._open}:
            self.headings[-1] += data

    def sections(self) -> list[str | None]:
        """Return the names of the sections."""
        return [attributes["id"] for tag, attributes in self.tags if tag == "section"]

    def value(self, name: str) -> str:
        """Return the second cell of the row of that name."""
        return next(row[1] for row in self.cells if row[0].strip() == name)


def checked(path: Path) -> Read:
    """Read a report, and hold that it is one file that runs and loads nothing."""
    html = path.read_bytes().decode()  # UTF-8, and nothing that is not
    read = Read(html)
    policy = next(a for t, a in read.tags if t == "meta" and "http-equiv" in a)
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert not [
        t for t, _ in read.tags if t in ("script", "iframe", "object", "embed", "link", "base")
    ]
    for tag, attributes in read.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in MAY_LOAD:
                assert str(value).startswith("#"), (tag, name, value)
            assert not any(each in str(value).lower() for each in SCHEMES.get(name, ())), value
    named = [a["id"] for _, a in read.tags if "id" in a]
    assert len(set(named)) == len(named)
    linked = [a["href"] for t, a in read.tags if t == "a"]
    assert {str(link)[1:] for link in linked} <= set(named)
    assert all(a.get("scope") in ("col", "row") for t, a in read.tags if t == "th")
    tables, captions = (sum(t == tag for t, _ in read.tags) for tag in ("table", "caption"))
    assert tables == captions
    for tag, attributes in read.tags:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-label"]
    assert [t for t, _ in read.tags].count("h1") == 1
    # Marks that turn what stands around them; a lone one, as U+200F, is held by its element.
    assert not {*map(chr, range(9)), "\x1b", "\u202e", "\u2066"} & set(html)
    return read


@pytest.fixture(scope="session")
def read() -> Callable[[Path], Read]:
    """Return what reads a report and holds that it is safe."""
    return checked


@pytest.fixture(scope="session")
def linear() -> dict[str, Any]:
    """Return arguments of a classifier that is solved in a moment, without TensorFlow."""
    options = {"buckets": 512, "longest": 3}
    return {
        "architecture": "ngrams",
        "architecture_options": options,
        "tokenizer": "character",
        "validation_fraction": 0.5,
        "seed": 3,
    }


def hostile_file(folder: Path, reviews: tuple[list[str], list[str]]) -> Path:
    """Write the reviews and hostile texts, with a hostile label among theirs, as JSON lines."""
    import json

    path = folder / "<b>mine.jsonl"
    rows = [*zip(*reviews, strict=True)]
    # Nearly the same texts with other labels: some of them become mistakes.
    labels = ["<i>\u202e&", "positive", "<i>\u202e&", "negative"]
    rows += [(f"{text} {number}", labels[number % 4]) for number in range(8) for text in HOSTILE]
    lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory, reviews: tuple[list[str], list[str]]) -> Path:
    return hostile_file(tmp_path_factory.mktemp("hostile"), reviews)


@pytest.fixture(scope="session")
def run(
    tmp_path_factory: pytest.TempPathFactory, hostile: Path, linear: dict[str, Any]
) -> RunResult:
    """Return a finished run on a hostile file; tests must copy its folder to change it."""
    folder = tmp_path_factory.mktemp("runs") / "run<i>"
    return train_run(RunConfig(str(hostile), classifier=linear), folder=folder)
