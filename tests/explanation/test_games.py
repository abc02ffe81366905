"""What the model is asked, and log-odds."""

from __future__ import annotations

import numpy as np

from kosent.explanation import games
from kosent.explanation.games import Game, log_odds, play
from kosent.explanation.parts import layout
from kosent.explanation.shapley import shapley


def test_log_odds_of_one_label_and_of_several() -> None:
    p = np.array([[0.5, 0.3, 0.2], [1, 0, 0]], np.float32)
    found = log_odds(p, several=False)
    np.testing.assert_allclose(found[0], np.log(p[0] / (1 - p[0])), atol=1e-6)
    limit = np.log((1 - 1e-7) / 1e-7)
    np.testing.assert_allclose(found[1], [limit, -limit, -limit], rtol=1e-6)
    several = log_odds(np.array([[0.9, 0.9]], np.float32), several=True)
    np.testing.assert_allclose(several, [[np.log(9)] * 2], atol=1e-6)


def test_the_rest_of_a_sure_text_is_known_to_more_digits_than_its_probability() -> None:
    found = log_odds(np.array([[1 - 6e-8, 2e-7]], np.float32), several=False)
    np.testing.assert_allclose(found, [[np.log(5e6), -np.log(5e6)]], rtol=1e-3)


def test_two_thousand_labels() -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(2000), 3).astype(np.float32).clip(1e-6)
    np.testing.assert_allclose(log_odds(p, several=False), np.log(p / (1 - p)), atol=1e-3)


def test_texts_are_asked_about_together_and_each_once() -> None:
    calls: list[list[str]] = []

    def predict(texts: list[str]) -> games.Probabilities:
        calls.append(texts)
        long = np.array([len(text) / (len(text) + 9) for text in texts], np.float32)
        return np.stack([long, 1 - long], axis=1)

    played = [Game(layout(text, 99), 1024) for text in ("하나 둘 셋", "하나 둘", "", "하나 둘 셋")]
    play(played, shapley, predict, several=False)
    assert len(calls) == 1
    assert len(calls[0]) == len(set(calls[0])) == 8
    assert played[0].probabilities[0] == np.float32(6 / 15)


def test_large_questions_are_asked_in_parts() -> None:
    sizes: list[int] = []

    def predict(texts: list[str]) -> games.Probabilities:
        sizes.append(sum(map(len, texts)))
        return np.full((len(texts), 2), 0.5, np.float32)

    word = "길" * 100_000
    text = f"a{word} b{word} c{word} d{word} e{word}"
    play([Game(layout(text, 5), 1024)], shapley, predict, several=False)
    assert len(sizes) > 1
    assert max(sizes) <= games._CHARACTERS + len(text)
