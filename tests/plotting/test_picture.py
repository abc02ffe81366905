"""What holds for every picture: three forms of the same, in any language, with any text in it."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from kosent.language import Language
from kosent.metrics.confidence import coverage_curve
from kosent.plotting.confusion import confusion_picture
from kosent.plotting.coverage import coverage_picture
from kosent.plotting.curves import learning_curves
from kosent.plotting.histogram import confidence_histogram
from kosent.plotting.lengths import length_coverage
from kosent.plotting.palette import PALETTES
from kosent.plotting.picture import Picture
from kosent.plotting.reliability import reliability_picture
from kosent.plotting.rows import curves_by_rows
from kosent.plotting.trace import trace_picture
from kosent.plotting.vectors import sentence_picture

HOSTILE = "</svg><script>alert(1)</script>--> $\\frac{ \u202e\ud800👍"
SURE, RIGHT = np.array([0.95, 0.9, 0.6, 0.55]), np.array([True, True, False, True])
EPOCH = {"epoch": 1, "loss": 0.7, "val_loss": 0.5, "accuracy": 0.6, "val_accuracy": 0.7}

# By the name of its file: a picture with a hostile text wherever it takes a text.
PICTURES: dict[str, Callable[[Language], Picture]] = {
    "confusion": lambda language: confusion_picture(
        [HOSTILE, "나"], [[3, 1], [0, 2]], language=language
    ),
    "coverage": lambda language: coverage_picture(coverage_curve(SURE, RIGHT), language=language),
    "curves": lambda language: learning_curves([EPOCH], language=language),
    "histogram": lambda language: confidence_histogram(SURE, RIGHT, language=language),
    "lengths": lambda language: length_coverage(np.array([1, 2, 9]), limit=5, language=language),
    "reliability": lambda language: reliability_picture(SURE, RIGHT, language=language),
    "rows": lambda language: curves_by_rows(
        {HOSTILE: {HOSTILE: [(10, 0.5, 0.1), (20, 0.75, 0.0)]}}, HOSTILE, language=language
    ),
    "trace": lambda language: trace_picture(
        [(HOSTILE, [0.2, 0.8]), (f"{HOSTILE} 끝", [0.9, 0.1])], [HOSTILE, "나"], language=language
    ),
    "vectors": lambda language: sentence_picture(
        [HOSTILE, "나"], {HOSTILE: np.eye(2, dtype=np.float32)}, language=language
    ),
}

every_picture = pytest.mark.parametrize("name", PICTURES)


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    """Return each picture as SVG for a page, drawn once."""
    return {name: make("ko").svg(inline=True) for name, make in PICTURES.items()}


@every_picture
def test_an_svg_is_of_one_name_and_says_what_it_shows(name: str, drawn: dict[str, str]) -> None:
    picture = PICTURES[name]("ko")
    assert picture.name == name
    root = ET.fromstring(drawn[name])  # noqa: S314 -- our own
    assert root.attrib["role"] == "img"
    assert root[0].tag == "title"
    assert root[0].text == root.attrib["aria-label"]
    assert root.attrib["aria-label"].startswith(picture.alt[:20])
    named = [each.attrib["id"] for each in root.iter() if "id" in each.attrib]
    assert len(set(named)) == len(named)
    assert all(each.startswith(f"{name}-") for each in named)
    linked = {
        *re.findall(r'href="([^"]*)"', drawn[name]),
        *re.findall(r"url\(([^)]*)\)", drawn[name]),
    }
    assert linked
    assert {link.removeprefix("#") for link in linked} <= set(named)


@every_picture
def test_it_holds_nothing_foreign(name: str, drawn: dict[str, str]) -> None:
    assert not re.search(r"<script|<!--|<style|<metadata|http|\bon\w+=", drawn[name])
    assert not re.search("#[0-9a-f]{6}", drawn[name])  # every colour is a variable
    assert "var(--ink)" in drawn[name]


@every_picture
def test_the_same_figures_are_the_same_bytes(name: str, drawn: dict[str, str]) -> None:
    assert PICTURES[name]("ko").svg(inline=True) == drawn[name]
    twice = PICTURES[name]("ko").svg(inline=True, within="here")
    assert twice.replace("here-", "") == drawn[name]


@every_picture
def test_light_and_dark(name: str) -> None:
    light, dark = (PICTURES[name]("en").png(theme) for theme in ("light", "dark"))
    for data, theme in ((light, "light"), (dark, "dark")):
        with Image.open(io.BytesIO(data)) as image:
            corner = image.convert("RGB").getpixel((0, 0))
        assert "#{:02x}{:02x}{:02x}".format(*corner) == PALETTES[theme].paper


@every_picture
def test_a_file_of_its_own(name: str) -> None:
    picture = PICTURES[name]("both")
    svg = picture.file(".svg").decode()
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    assert "prefers-color-scheme:dark" in svg
    ET.fromstring(svg)  # noqa: S314 -- our own


@every_picture
def test_the_words_are_of_one_language(name: str) -> None:
    korean, english, both = (PICTURES[name](each).alt for each in ("ko", "en", "both"))
    assert both == f"{korean} / {english}"
    assert re.search("[가-힣]", korean)
    own = english.replace("끝", "").replace("나", "")
    assert not re.search("[가-힣]", own)
    assert sorted(re.findall(r"\d+\.\d+", korean)) == sorted(re.findall(r"\d+\.\d+", english))
