"""``kosent explain``."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import log
from pathlib import Path
from typing import Any

import click
import pytest

from kosent.explanation.explanation import signed
from kosent.models.loading import load_predictor
from kosent.models.pretrained import pretrained_path
from kosent_cli.commands.explain import _lines

SENTENCE = "재미있을 줄 알았는데 별로 안 좋았다"
ANSI = re.compile(r"\x1b\[[\d;]*m")


def test_json(kosent: Callable[..., Any], quick: Path) -> None:
    (document,) = kosent("explain", "--json", SENTENCE).json
    keys = ["text", "method", "unit", "label", "probabilities", "base", "parts", "residual"]
    assert list(document) == keys
    words = ["재미있을", "줄", "알았는데", "별로 안 좋았다"]
    assert [part["text"] for part in document["parts"]] == words
    assert (document["method"], document["unit"]) == ("shapley", "log-odds")
    for part in document["parts"]:
        assert SENTENCE[part["start"] : part["end"]] == part["text"]
        assert set(part["contributions"]) == {"negative", "positive"}


def test_lines(kosent: Callable[..., Any], quick: Path) -> None:
    (document,) = kosent("explain", "--json", SENTENCE).json
    head, base, *parts, whole, empty = kosent("explain", SENTENCE).out.split("\n")[:-1]
    label = document["label"]
    assert head.startswith(f"{label}  negative=0.")
    assert "shapley" in head
    assert base.split()[0] == signed(document["base"][label])
    for line, part in zip(parts, document["parts"], strict=True):
        value = part["contributions"][label]
        assert line.startswith(signed(value))
        assert line.endswith(part["text"])
        assert ("█" in line) <= (value > 0)
        assert ("▒" in line) <= (value < 0)
    p = document["probabilities"][label]
    assert float(whole.split()[0]) == pytest.approx(log(p / (1 - p)), abs=0.01)
    assert empty == ""
    assert not ANSI.search(head + base + whole)


def test_options(kosent: Callable[..., Any], quick: Path) -> None:
    (document,) = kosent("explain", "--json", "--label", "positive", SENTENCE).json
    assert document["label"] == "positive"
    assert set(document["base"]) == {"positive"}
    arguments = ("explain", "--json", "--ungrouped", "--method", "leave-one-out")
    (document,) = kosent(*arguments, SENTENCE).json
    assert document["method"] == "leave-one-out"
    assert [part["text"] for part in document["parts"]] == SENTENCE.split()
    out = kosent(*arguments[:1], *arguments[3:], SENTENCE).out
    assert "(나머지)" in out or abs(document["residual"][document["label"]]) < 0.005


def test_texts_of_stdin(kosent: Callable[..., Any], quick: Path) -> None:
    outcome = kosent("explain", "--json", "-", stdin="재밌다\n별로 안 좋다\n".encode())
    assert [document["text"] for document in outcome.json] == ["재밌다", "별로 안 좋다"]


def test_blank_and_odd_texts(kosent: Callable[..., Any], quick: Path) -> None:
    outcome = kosent("explain", "", "\x1b[31m빨강\u202e")
    assert "cleaning leaves nothing: 1" in outcome.err
    assert "\x1b" not in outcome.out
    assert "\\x1b[31m빨강\\u202e" in outcome.out
    assert kosent("explain", "--json", "").json[0]["parts"] == []


def test_html(kosent: Callable[..., Any], quick: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    outcome = kosent("explain", "--html", str(target), SENTENCE, "<b>좋다</b>")
    assert "texts 2" in outcome.err
    assert SENTENCE.split()[0] in outcome.out
    page = target.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "&lt;b&gt;좋다&lt;/b&gt;" in page


def test_a_file_that_cannot_be_written(
    refused: Callable[..., str], quick: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    assert "file" in refused(5, "explain", "--html", str(tmp_path / "file" / "x.html"), "글")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "give texts to explain"),
        (("--label", "postive", "글"), 2, "Did you mean 'positive'"),
        (("--method", "lime", "글"), 2, "lime"),
        (("--method", "linear", "글"), 2, "add up scores of n-grams"),
    ],
)
def test_what_is_refused(
    refused: Callable[..., str], quick: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    said = said.replace("add up scores of n-grams", "add up scores of n-grams")
    assert said in refused(code, "explain", *arguments)


def test_colours_are_for_terminals_and_for_those_who_want_them(
    quick: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    (found,) = load_predictor(pretrained_path()).explain(["배우는 정말 좋은데 결말은 실망했다"])
    coloured = _lines(found)
    assert any("\x1b[34m" in line for line in coloured)
    assert any("\x1b[33m" in line for line in coloured)
    monkeypatch.setenv("NO_COLOR", "1")
    plain = _lines(found)
    assert not any("\x1b" in line for line in plain)
    assert plain == [click.unstyle(line) for line in coloured]
