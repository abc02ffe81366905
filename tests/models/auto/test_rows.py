"""The texts of ``auto``: what is seen of them, and splits that let no text judge itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.copies import first_copies
from kosent.errors import DataError
from kosent.models.auto.rows import (
    FEW,
    Facts,
    Rows,
    Split,
    check_counted,
    fraction_for,
    splits,
)
from kosent.models.settings import ClassifierSettings
from kosent.training.splits import Part, split


def rows_of(texts: list[str], numbers: list[int], weights: list[float] | None = None) -> Rows:
    counted = None if weights is None else np.array(weights, np.float32)
    labels = sorted(set(numbers))
    return Rows(texts, np.array(numbers, np.int32), labels, counted)


def facts_of(rows: Rows) -> Facts:
    return Facts.of(rows, first_copies(rows.texts))


def judged_by(rows: Rows, seed: int = 0, which: str = "random") -> list[Split]:
    return splits(rows, first_copies(rows.texts), facts_of(rows), seed, which)


many = rows_of([f"글 {number}" for number in range(FEW + 500)], [0, 0, 1] * 833 + [1])


class TestFacts:
    def test_texts_copies_and_classes(self) -> None:
        facts = facts_of(rows_of(["가나다", "가나다 ", "라마", "바"], [0, 0, 1, 0]))
        assert (facts.rows, facts.different, facts.classes, facts.rarest) == (4, 3, 2, 1)
        assert facts.length == (3 + 4 + 2 + 1) / 4

    @pytest.mark.parametrize(
        ("text", "korean"),
        [("한글", 1.0), ("ㅋㅋ", 1.0), ("abcd", 0.0), ("가a", 0.5), ("123 !", 0.0), ("", 0.0)],
    )
    def test_the_share_of_hangul_is_of_letters(self, text: str, korean: float) -> None:
        assert facts_of(rows_of([text, text], [0, 1])).korean == korean

    def test_many_texts_are_looked_at_from_end_to_end(self) -> None:
        half = 3000
        rows = rows_of(["가"] * half + ["a"] * half, [0, 1] * half)
        assert facts_of(rows).korean == pytest.approx(0.5, abs=0.01)


@st.composite
def few_texts(draw: st.DrawFn) -> tuple[Rows, int]:
    """Return some texts of which several are copies, of two or more labels, and a seed."""
    texts = [f"글 {number}" for number in range(draw(st.integers(10, 40)))]
    copies = draw(st.lists(st.sampled_from(texts), max_size=20))
    numbers = draw(
        st.lists(st.integers(0, 3), min_size=len(texts), max_size=len(texts)).filter(
            lambda found: len(set(found)) > 1
        )
    )
    more = draw(st.lists(st.integers(0, 3), min_size=len(copies), max_size=len(copies)))
    both = np.unique(numbers + more, return_inverse=True)[1].tolist()
    return rows_of(texts + copies, both), draw(st.integers(0, 99))


class TestFolds:
    def test_blocks_are_texts_of_a_label_that_follow_each_other(self) -> None:
        rows = rows_of([f"글 {number}" for number in range(100)], [0, 1] * 50)
        for part in judged_by(rows, which="blocks"):
            for number in (0, 1):
                own = part.held[rows.numbers[part.held] == number]
                assert len(own) == 10
                assert (np.diff(own) == 2).all()

    @pytest.mark.parametrize("which", ["random", "blocks"])
    @given(found=few_texts())
    def test_each_row_is_held_out_once_and_never_beside_a_copy(
        self, which: str, found: tuple[Rows, int]
    ) -> None:
        rows, seed = found
        copies = np.array(first_copies(rows.texts))
        parts = judged_by(rows, seed, which)
        held = np.concatenate([part.held for part in parts])
        assert sorted(held) == list(range(len(rows.texts)))
        for part in parts:
            assert sorted([*part.learned, *part.held]) == list(range(len(rows.texts)))
            assert not set(copies[part.learned]) & set(copies[part.held])

    def test_each_fold_has_its_share_of_each_class(self) -> None:
        rows = rows_of([f"글 {number}" for number in range(100)], [0] * 75 + [1] * 25)
        for part in judged_by(rows):
            assert np.bincount(rows.numbers[part.held]).tolist() == [15, 5]
            assert set(rows.numbers[part.learned]) == {0, 1}

    def test_a_class_of_one_text_is_judged_by_what_has_not_seen_it(self) -> None:
        rows = rows_of([f"글 {number}" for number in range(20)], [0] * 10 + [1] * 9 + [2])
        seen = [2 in rows.numbers[part.learned] for part in judged_by(rows)]
        assert seen.count(False) == 1

    def test_a_seed_decides(self) -> None:
        rows = rows_of([f"글 {number}" for number in range(40)], [0, 1] * 20)
        held = [judged_by(rows, seed)[0].held.tolist() for seed in (1, 1, 2)]
        assert held[0] == held[1] != held[2]

    @pytest.mark.parametrize(
        ("texts", "numbers"),
        [(["가", "나"] * 20, [0, 1] * 20), ([f"글 {n}" for n in range(9)], [0] * 5 + [1] * 4)],
    )
    def test_too_few_different_texts(self, texts: list[str], numbers: list[int]) -> None:
        with pytest.raises(DataError, match="too few texts"):
            judged_by(rows_of(texts, numbers))


class TestManyTexts:
    @pytest.mark.parametrize(("seed", "which"), [(0, "random"), (7, "random"), (7, "blocks")])
    def test_held_out_is_what_a_network_does_not_learn(self, seed: int, which: str) -> None:
        """A network cuts its own validation split; it has to be what the others are judged by."""
        (part,) = judged_by(many, seed, which)
        fraction = fraction_for(facts_of(many))
        given = ClassifierSettings(seed=seed, validation_fraction=fraction, validation=which)
        learned, held = split(given.of_split(), Part(many.texts, many.numbers))
        assert [many.texts[row] for row in part.learned] == learned.texts
        assert [many.texts[row] for row in part.held] == held.texts

    def test_copies_stay_together_there_too(self) -> None:
        rows = rows_of([*many.texts, *many.texts[:300]], [*many.numbers, *many.numbers[:300]])
        (part,) = judged_by(rows)
        copies = np.array(first_copies(rows.texts))
        assert not set(copies[part.learned]) & set(copies[part.held])

    def test_less_is_held_out_of_more(self) -> None:
        def fraction(rows: int) -> float:
            return fraction_for(Facts(rows, rows, 2, 10, 30.0, 1.0))

        shares = [fraction(rows) for rows in (2500, 20_000, 150_000, 1_000_000)]
        assert shares == sorted(shares, reverse=True)
        assert all(0 < share < 0.5 for share in shares)
        assert shares[-1] * 1_000_000 <= 20_000


def test_weights_of_zero_on_one_side_are_refused() -> None:
    texts = [f"글 {number}" for number in range(20)]
    for weights in ([0.0] * 20, [1.0] + [0.0] * 19):
        rows = rows_of(texts, [0, 1] * 10, weights)
        with pytest.raises(DataError, match="sample_weight"):
            check_counted(rows, judged_by(rows))
    fine = rows_of(texts, [0, 1] * 10, [0.0, 1.0] * 10)
    check_counted(fine, judged_by(fine))
    check_counted(rows_of(texts, [0, 1] * 10), judged_by(fine))
