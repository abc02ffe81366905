"""An explanation as HTML: whole, and harmless whatever was typed."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.explanation.explanation import Explanation, Part
from kosent.explanation.html import document

HOSTILE = '<script>alert("1")</script> \' onmouseover=x &lt; \x00 \u202e\ud800'


class Reader(HTMLParser):
    """Collects tags, attributes and text, and holds that tags are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "sub" not in self.open and "span" in self.open:
            self.texts.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def explained(*texts: str, label: str = "good") -> Explanation:
    parts, start = [], 0
    for number, text in enumerate(texts):
        value = (number - 1) * 1.5
        parts.append(Part(start, start + len(text), text, {label: value, "bad": -value}))
        start += len(text) + 1
    return Explanation(
        text=" ".join(texts),
        method="shapley",
        label=label,
        probabilities={label: 0.7, "bad": 0.3},
        base={label: 0.1, "bad": -0.1},
        parts=tuple(parts),
        residual={label: -1e-9, "bad": 0.0},
        evaluations=4,
    )


def test_what_is_shown() -> None:
    page = explained("나쁘다", "그냥", "좋다").to_html()
    assert page.startswith('<div class="kosent-explanation"')
    reader = read(page)
    assert reader.texts == ["나쁘다", "그냥", "좋다"]
    assert reader.attributes == {"class", "style", "title"}
    for shown in ("-1.50", "+0.00", "+1.50", "dashed", "shapley", "good 0.7000"):
        assert shown in page
    assert "-0.00" not in page
    assert explained("좋다")._repr_html_() == explained("좋다").to_html("good")
    assert "+1.50" in explained("나쁘다").to_html("bad")


@given(st.text(max_size=12), st.text(min_size=1, max_size=8))
def test_nothing_that_was_typed_is_markup(text: str, label: str) -> None:
    plain = read(explained("a", label="b").to_html())
    reader = read(explained(text + HOSTILE, label=label + HOSTILE).to_html())
    assert reader.tags == plain.tags
    assert reader.attributes == plain.attributes


def test_a_page_stands_alone_and_is_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    page = document([explained(HOSTILE), explained("좋다")])
    assert "\ud800" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    reader = read(page.encode().decode())
    assert reader.tags.count("div") == 6
    assert not {"script", "link", "img", "iframe", "style"} & set(reader.tags)
    assert not {"src", "href", "onmouseover"} & reader.attributes
    monkeypatch.setenv("KOSENT_LANG", "en")
    assert '<html lang="en">' in document([])


def test_blank_texts() -> None:
    read(explained().to_html())
