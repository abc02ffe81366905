"""The page's files, as they lie there: nothing from elsewhere, nothing that runs text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import kosent

FOLDER = Path(kosent.__file__).parent / "serving" / "page"
FILES = sorted(path for path in FOLDER.iterdir() if path.is_file())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
SVG = "http://www.w3.org/2000/svg"
LONGEST = 300  # lines of a file

# What makes code or elements of text, or keeps something.
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment"
    r"|setHTML|srcdoc|\beval\b|new Function|import\(|localStorage|sessionStorage|document\.cookie"
    r"|indexedDB|sendBeacon|XMLHttpRequest|WebSocket|setTimeout\([\"'`]"
)
_ROW = re.compile(r"^  (\w+): (\[.*\]),$", re.MULTILINE)
_WORD = re.compile(r'\bword\(\s*"(\w+)"')
_NAMED = re.compile(r'"(\w+)"')
_PLACE = re.compile(r"\{\w+\}")


def read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def words() -> dict[str, list[str]]:
    table = read("words.js").split("export const WORDS = {")[1].split("\n};")[0]
    rows = _ROW.findall(table)
    assert len(rows) == len([line for line in table.split("\n") if line.strip()])
    found = {key: json.loads(pair) for key, pair in rows}
    assert len(found) == len(rows)
    return found


class Elements(HTMLParser):
    """Keeps every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements() -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(read("index.html"))
    return parser.found


every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


@every_file
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8").replace(SVG, "")
    assert not re.search(r"https?:|(?<!:)//[\w.]+\.\w|\bdata:|@import", text)
    assert not re.search(r"\burl\(", text)


@every_file
def test_files_are_short_and_text_stays_text(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") < LONGEST
    assert not FORBIDDEN.search(text)


def test_the_document_has_no_code_and_no_style_of_its_own() -> None:
    for tag, attributes in elements():
        assert tag not in ("style", "iframe", "object", "embed", "base")
        assert tag != "script" or attributes == {"type": "module", "src": "page/page.js"}
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_every_module_is_there_and_used() -> None:
    imported = {
        name for path in SCRIPTS for name in re.findall(r'from "\./(.+)"', path.read_text())
    }
    assert imported | {"page.js"} == {path.name for path in SCRIPTS}
    linked = [
        attributes.get("href") or attributes.get("src")
        for tag, attributes in elements()
        if tag in ("link", "script")
    ]
    assert all(name and (FOLDER.parent / name).is_file() for name in linked)


def test_everything_said_is_said_in_both_languages() -> None:
    for key, pair in words().items():
        korean, english = pair
        assert re.search("[가-힣]", _PLACE.sub("", korean)) or key in ("said", "of_model"), key
        assert english.strip()
        assert not re.search("[가-힣]", english), key
        assert set(_PLACE.findall(korean)) == set(_PLACE.findall(english)), key


def test_every_word_that_is_asked_for_is_there_and_the_other_way_round() -> None:
    known = words()
    scripts = {path.name: path.read_text("utf-8") for path in SCRIPTS if path.name != "words.js"}
    asked = {key for text in scripts.values() for key in _WORD.findall(text)}
    for _, attributes in elements():
        kinds = ("data-word", "data-name", "data-hint")
        asked |= {str(attributes[kind]) for kind in kinds if kind in attributes}
    assert asked <= set(known)
    mentioned = {name for text in scripts.values() for name in _NAMED.findall(text)}
    assert set(known) <= asked | mentioned


def test_ids_that_scripts_look_for_are_there_once() -> None:
    ids = [attributes["id"] for _, attributes in elements() if "id" in attributes]
    assert len(ids) == len(set(ids))
    found = {
        name for path in SCRIPTS for name in re.findall(r'find\("([\w-]+)"\)', path.read_text())
    }
    assert found <= set(ids)
    for _, attributes in elements():
        for name in ("for", "aria-controls", "aria-labelledby", "aria-describedby"):
            assert attributes.get(name) is None or attributes[name] in ids
