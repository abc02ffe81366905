"""Korean is drawn as Korean: the font has the glyphs, and what it lacks is no box."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import RuntimeSetupError
from kosent.plotting import canvas

PICTURES = [
    import_module(f"kosent.plotting.{path.stem}")
    for path in sorted(Path(canvas.__file__).parent.glob("*.py"))
    if path.stem != "__init__"
]


def texts_of(module: ModuleType) -> Iterator[str]:
    """Yield all strings of the constants of a module, those in its tables too."""
    waiting = [value for name, value in vars(module).items() if name.lstrip("_").isupper()]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case dict() as table:
                waiting += table.values()
            case tuple() | list() as several:
                waiting += several


LABELS = sorted({text for module in PICTURES for text in texts_of(module)})


def test_the_korean_font_has_every_letter_of_the_labels() -> None:
    from matplotlib.ft2font import FT2Font

    korean = FT2Font(str(canvas.korean_font()))
    assert "손실" in LABELS
    assert "실제 라벨" in LABELS
    letters = {c for label in LABELS for c in label if "가" <= c <= "힣"}
    assert [c for c in sorted(letters) if korean.get_char_index(ord(c)) == 0] == []
    syllables = range(ord("가"), ord("힣") + 1)
    assert all(korean.get_char_index(code) for code in (*syllables, *map(ord, "ㅋㅠᄒ")))


def test_the_font_that_matplotlib_would_take_has_none_of_them() -> None:
    from matplotlib import font_manager

    assert font_manager.get_font(font_manager.findfont(canvas.OTHER)).get_char_index(ord("손")) == 0


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("영화ㅋㅋ −1 ▁", "영화ㅋㅋ −1 ▁"),
        ("👍", "<1F44D>"),
        ("가\u200b나\n", "가<200B>나<A>"),
        ("\ud800", "<D800>"),
    ],
)
def test_what_no_font_has_is_a_code_point(text: str, drawn: str) -> None:
    assert canvas.drawable(text) == drawn


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=20))
def test_any_text_becomes_drawable(text: str) -> None:
    drawn = canvas.drawable(text)
    assert all(ord(c) in canvas.glyphs() and c.isprintable() for c in drawn)
    assert canvas.drawable(drawn) == drawn


def test_without_the_package_of_the_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "_CARRIER", "no_such_package")
    with pytest.raises(RuntimeSetupError, match="no_such_package"):
        canvas.korean_font.__wrapped__()


ALONE = """
import sys
import matplotlib
from kosent.plotting import canvas, palette
from kosent.plotting.picture import Picture

def draw(colours):
    figure = canvas.new_figure(2, 2, colours)
    figure.text(0.1, 0.5, "가나다", fontproperties=canvas.font(9))
    return figure

before = matplotlib.rcParams.copy()  # dict() would choose a backend, by pyplot
picture = Picture("words", "alt", draw)
assert picture.png().startswith(b"\\x89PNG")
assert picture.svg().startswith("<svg")
assert matplotlib.rcParams.copy() == before
assert "matplotlib.pyplot" not in sys.modules
"""


@pytest.mark.slow
def test_nothing_of_matplotlib_is_changed_for_others() -> None:
    """In a process of its own: Keras imports pyplot where matplotlib is installed."""
    subprocess.run([sys.executable, "-c", ALONE], check=True)
