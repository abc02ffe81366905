"""What the source posts print, as a literal table that docs and recipes are held to."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kosent.recipes import Recipe, load_recipe

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / language / "recipes-posts.md" for language in ("ko", "en")]


class Post(NamedTuple):
    """What a post says of one of its networks.

    Attributes:
        results: Its results, as the English page quotes them.
        settings: Settings that it prints, by name; those of the network too.
    """

    results: str
    settings: dict[str, Any]


WORDS_500 = {"vocabulary_size": 500, "max_length": 100, "batch_size": 64, "epochs": 100}
WORDS_500 |= {"optimizer": "rmsprop", "learning_rate": 1e-4, "monitor": "loss"}
HYBRID = {"vocabulary_size": 6_000, "max_length": 650, "epochs": 1_000, "monitor": "loss"}
HYBRID |= {"optimizer": "adam", "learning_rate": 1e-3, "embedding_size": 64, "filters": 300}
HYBRID |= {"units": 300, "dropout": 0.2, "width": 3, "length": 650}
LSTM_8 = WORDS_500 | {"embedding_size": 16, "units": 8}

POSTS = {
    "imdb-simple-rnn": Post("validation 0.743-0.873, unsteady", {"units": 64}),
    "imdb-stacked-rnn": Post("(structure)", {"embedding_size": 32, "units": 32, "depth": 4}),
    "imdb-lstm": Post("validation 0.889 (best), 0.8654 (last)", {"units": 32, "epochs": 10}),
    "imdb-onehot-rnn": Post("best epoch 38", WORDS_500 | {"onehot": True, "units": 8}),
    "imdb-embedding-rnn": Post("best epoch 27", LSTM_8),
    "imdb-lstm8": Post("similar, overfits", LSTM_8),
    "imdb-lstm8-dropout": Post("similar, less overfitting", LSTM_8 | {"recurrent_dropout": 0.3}),
    "imdb-2lstm8": Post("similar, less overfitting", LSTM_8 | {"depth": 2}),
    "imdb-gru8": Post("similar, less overfitting", LSTM_8),
    "imdb-cnn-bilstm": Post("test 0.8822 (last epoch)", {"max_length": 200, "monitor": "loss"}),
    "imdb-hybrid-separate": Post(
        "test 0.8656, training 0.99728", HYBRID | {"shared_embedding": False}
    ),
    "imdb-hybrid-shared": Post(
        "test 0.8602, training 0.99292",
        HYBRID | {"shared_embedding": True, "dense_units": 300, "dense_dropout": 0.5},
    ),
    "nsmc-lstm": Post(
        "validation 0.8224, 0.8211, 0.8196, 0.8113, 0.8102",
        {"vocabulary_size": 20_000, "max_length": 25, "max_chars": 5, "batch_size": 120}
        | {"epochs": 5, "embedding_size": 300, "units": 50, "validation": "last"},
    ),
}
# Shares of the reviews up to 100, 150 ... 950 words, which the hybrid post prints.
LENGTHS = (
    *(11.288, 37.732, 57.292, 68.688, 76.368, 81.936, 86.064, 89.184, 91.568),
    *(93.308, 94.812, 95.924, 96.728, 97.432, 98.012, 98.5, 98.832, 99.136),
)
# Other numbers that the posts print, each once in the tables of both pages.
SHORT_REVIEWS = 142_587
TOYS = {"SimpleRNN": 2_851, "LSTM": 11_311}
EVERY_STATE = 322_080

every_post = pytest.mark.parametrize("name", POSTS)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d.,]*\d|\d", text)


def cell(page: Path, name: str) -> str:
    """Return what a page's table quotes of the post of a recipe."""
    (line,) = re.findall(rf"^\| `{name}` \|.*$", page.read_text("utf-8"), re.MULTILINE)
    return str(line.split(" | ")[1])


@every_post
def test_the_pages_quote_what_the_post_prints(name: str) -> None:
    korean, english = (cell(page, name) for page in PAGES)
    assert english == POSTS[name].results
    assert numbers(korean) == numbers(english)


@every_post
def test_the_recipe_has_what_the_post_prints(name: str) -> None:
    recipe = load_recipe(name)
    assert isinstance(recipe, Recipe)
    given = recipe.classifier | recipe.classifier["architecture_options"]
    given |= recipe.classifier["tokenizer_options"]
    printed = POSTS[name].settings
    assert {key: given[key] for key in printed} == printed


def test_the_bench_quotes_the_posts_too() -> None:
    spec = importlib.util.spec_from_file_location("reproduce", ROOT / "bench" / "reproduce.py")
    assert spec is not None
    assert spec.loader is not None
    reproduce = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reproduce)
    assert {name: post.results for name, post in POSTS.items()} == reproduce.POSTS


@every_page
def test_all_lengths_that_the_hybrid_post_prints(page: Path) -> None:
    text = page.read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| ([\d.]+) % \| ([\d.]+) % \| (\d?)", text, re.MULTILINE)
    assert [int(length) for length, *_ in rows] == list(range(100, 1000, 50))
    assert [float(post) for _, post, *_ in rows] == list(LENGTHS)
    more = [round((float(ours) - float(post)) * 250) for _, post, ours, _ in rows]  # of 25,000
    assert [int(said or 0) for *_, said in rows] == more
    assert sum(map(bool, more)) == 9


@every_page
def test_other_numbers_that_posts_print(page: Path) -> None:
    text = page.read_text("utf-8")
    for number in (SHORT_REVIEWS, *TOYS.values(), EVERY_STATE):
        assert text.count(f"{number:,}") == 1, number
