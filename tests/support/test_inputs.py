from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kosent.errors import DataError, UsageError
from kosent.support.classes import check_labels, check_targets, class_numbers, find_classes
from kosent.support.inputs import check_texts
from kosent.support.weights import check_weights
from kosent.training.splits import hold_out

TEXTS = ["가", "", "나"]


class TestTexts:
    @pytest.mark.parametrize(
        "given_texts",
        [
            TEXTS,
            tuple(TEXTS),
            np.array(TEXTS),
            np.array(TEXTS, object),
            pd.Series(TEXTS, index=[5, 6, 7]),
            (text for text in TEXTS),
            pl.Series(TEXTS),
            pa.array(TEXTS),
            pa.chunked_array([TEXTS[:1], TEXTS[1:]]),
            pd.Series(TEXTS, dtype="string"),
            pd.Series(TEXTS, dtype="category"),
        ],
        ids=[
            *("list", "tuple", "numpy", "object", "pandas", "generator", "polars", "arrow"),
            *("chunks", "pandas string", "category"),
        ],
    )
    def test_any_sequence_of_strings(self, given_texts: Any) -> None:
        assert check_texts(given_texts) == TEXTS

    @pytest.mark.parametrize(
        "wrong",
        [
            "글 하나",
            b"bytes",
            {"글": 1},
            3,
            None,
            np.array([["가"]]),
            pd.DataFrame({"text": TEXTS}),
        ],
        ids=["string", "bytes", "dict", "number", "none", "matrix", "table"],
    )
    def test_something_else_is_a_usage_error(self, wrong: Any) -> None:
        with pytest.raises(UsageError, match="list of strings"):
            check_texts(wrong)

    @pytest.mark.parametrize("wrong", [None, 3.5, float("nan"), b"x", ["가"], pd.NA])
    def test_an_element_that_is_no_string_is_named_by_position(self, wrong: Any) -> None:
        with pytest.raises(DataError, match=r"2번째 글이.*text number 2 is not a string"):
            check_texts(["가", wrong])


class TestLabels:
    @pytest.mark.parametrize(
        ("given_labels", "expected"),
        [
            (["b", "a"], ["b", "a"]),
            ((1, 0), [1, 0]),
            (np.array([1, 0], np.int8), [1, 0]),
            (np.array(["b", "a"]), ["b", "a"]),
            (np.array(["b", "a"], object), ["b", "a"]),
            ([np.int64(1), np.str_("a")], [1, "a"]),
            (pd.Series(["b", "a"], index=[3, 9]), ["b", "a"]),
            (pd.Series([1, 0]), [1, 0]),
            (pd.Series(["b", "a"], dtype="category"), ["b", "a"]),
            ([True, False], [True, False]),
        ],
    )
    def test_they_become_plain_values(self, given_labels: Any, expected: list[Any]) -> None:
        found = check_labels(given_labels, 2)
        assert found == expected
        assert {type(label) for label in found} <= {str, int, bool}

    @pytest.mark.parametrize(
        "wrong",
        [None, float("nan"), 1.0, np.float32(0), pd.NA, pd.NaT, b"a", ["a"], 2**63, -(2**80)],
    )
    def test_a_wrong_one_is_named_by_position(self, wrong: Any) -> None:
        with pytest.raises(DataError, match=r"2번째 라벨이.*label number 2"):
            check_labels(["a", wrong], 2)

    def test_missing_labels_of_pandas_are_found(self) -> None:
        with pytest.raises(DataError, match="label number 2"):
            check_labels(pd.Series(["a", None, "b"]), 3)

    @pytest.mark.parametrize(
        "wrong",
        [["a"], ["a"] * 3, [], np.array([["a"], ["b"]]), pd.DataFrame({"label": ["a", "b"]}), "ab"],
        ids=["fewer", "more", "none", "matrix", "table", "string"],
    )
    def test_shape_has_to_be_that_of_the_texts(self, wrong: Any) -> None:
        with pytest.raises(DataError, match="2 texts but labels of shape"):
            check_labels(wrong, 2)

    @pytest.mark.parametrize("wrong", [None, 5])
    def test_what_is_no_list_is_a_data_error(self, wrong: Any) -> None:
        with pytest.raises(DataError, match="2 texts but"):
            check_labels(wrong, 2)


class TestClasses:
    @pytest.mark.parametrize(
        ("labels", "classes"),
        [
            (["나", "가", "나"], ["가", "나"]),
            ([10, 9, 10, -1], [-1, 9, 10]),
            (["10", "9"], ["10", "9"]),
            ([True, False], [False, True]),
        ],
    )
    def test_sorted_and_numbered(self, labels: list[Any], classes: list[Any]) -> None:
        found = find_classes(labels)
        assert found.tolist() == classes
        numbers = class_numbers(labels, found)
        assert numbers.dtype == np.int32
        assert found[numbers].tolist() == labels

    def test_one_class_is_not_enough(self) -> None:
        with pytest.raises(DataError, match=r"1종류뿐.*only 1 class arrived: \['a'\]"):
            find_classes(["a", "a"])

    def test_strings_and_integers_do_not_mix(self) -> None:
        with pytest.raises(DataError, match="mix strings and integers"):
            find_classes(["1", 1])


class TestHoldOut:
    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(st.integers(0, 4), min_size=2, max_size=80),
        st.floats(0.01, 0.99),
        st.integers(0, 2**32 - 1),
    )
    def test_it_cuts_in_two_and_leaves_no_class_untrained(
        self, labels: list[int], fraction: float, seed: int
    ) -> None:
        numbers = np.unique(labels, return_inverse=True)[1].astype(np.int32)
        assume(numbers.max() > 0)
        try:
            train, held = hold_out(numbers, fraction, seed)
        except DataError:
            counts = np.bincount(numbers)
            repeated = int(counts[counts > 1].sum())
            classes = int((counts > 1).sum())
            assert classes < 2 or repeated - max(round(repeated * fraction), classes) < classes
            return
        assert sorted([*train.tolist(), *held.tolist()]) == list(range(len(numbers)))
        assert len(held) > 0
        assert set(numbers[train].tolist()) == set(numbers.tolist())
        assert train.tolist() == sorted(train.tolist())

    def test_classes_are_in_proportion(self) -> None:
        numbers = np.repeat([0, 1, 2], [600, 300, 100]).astype(np.int32)
        train, held = hold_out(numbers, 0.1, seed=1)
        assert np.bincount(numbers[held]).tolist() == [60, 30, 10]
        assert np.bincount(numbers[train]).tolist() == [540, 270, 90]

    def test_a_single_row_of_a_class_is_trained_on(self) -> None:
        numbers = np.array([0] * 10 + [1] * 10 + [2], np.int32)
        train, _ = hold_out(numbers, 0.3, seed=0)
        assert 20 in train

    @pytest.mark.parametrize(("rows", "fraction", "cut"), [(10, 0.2, 8), (11, 0.2, 8), (9, 0.5, 4)])
    def test_the_last_rows_as_keras_cuts_them(self, rows: int, fraction: float, cut: int) -> None:
        numbers = np.arange(rows, dtype=np.int32) % 2
        train, held = hold_out(numbers, fraction, seed=5, which="last")
        assert train.tolist() == list(range(cut))
        assert held.tolist() == list(range(cut, rows))

    @pytest.mark.parametrize(
        "labels", [[0, 0, 0, 0, 1, 1, 1, 1], [0, 1, 0, 1, 0, 1, 0, 2], [0, 1, 0, 1, 0, 1, 1, 1]]
    )
    def test_last_rows_that_say_nothing_are_a_data_error(self, labels: list[int]) -> None:
        numbers = np.array(labels, np.int32)
        with pytest.raises(DataError, match="validation='random'"):
            hold_out(numbers, 0.25, seed=0, which="last")

    def test_the_choice_is_checked(self) -> None:
        with pytest.raises(UsageError, match="Did you mean 'last'"):
            hold_out(np.array([0, 0, 1, 1], np.int32), 0.5, seed=0, which="lasst")

    def test_seed_decides(self) -> None:
        numbers = np.arange(200, dtype=np.int32) % 2
        first, second, other = (hold_out(numbers, 0.2, seed)[1].tolist() for seed in (3, 3, 4))
        assert first == second != other

    @pytest.mark.parametrize("labels", [[0, 1], [0, 0, 1], [0, 0, 0, 0, 1]])
    def test_too_few_rows_are_a_data_error(self, labels: list[int]) -> None:
        with pytest.raises(DataError, match="too few texts"):
            hold_out(np.array(labels, np.int32), 0.1, seed=0)

    @settings(max_examples=100, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), min_size=2, max_size=80),
        st.floats(0.01, 0.99),
        st.integers(0, 2**32 - 1),
    )
    def test_copies_stay_together(
        self, rows: list[tuple[int, int]], fraction: float, seed: int
    ) -> None:
        """Also of texts with several labels; every class is learned."""
        numbers = np.unique([label for label, _ in rows], return_inverse=True)[1].astype(np.int32)
        texts = [text for _, text in rows]
        try:
            train, held = hold_out(numbers, fraction, seed, copies=[texts.index(t) for t in texts])
        except DataError:
            return
        assert sorted([*train.tolist(), *held.tolist()]) == list(range(len(rows)))
        assert len(held) > 0
        assert not {texts[row] for row in train} & {texts[row] for row in held}
        assert set(numbers[train].tolist()) == set(numbers.tolist())

    def test_without_copies_the_choice_is_that_of_rows(self) -> None:
        """The literal rows are those of the first kosent: seeds give the same weights."""
        numbers = np.arange(40, dtype=np.int32) % 3
        for seed in range(20):
            for one, two in zip(
                hold_out(numbers, 0.2, seed),
                hold_out(numbers, 0.2, seed, copies=range(40)),
                strict=True,
            ):
                np.testing.assert_array_equal(one, two)
        assert hold_out(numbers, 0.2, 3)[1].tolist() == [8, 9, 16, 20, 22, 24, 27, 31]

    def test_eight_copies_of_each_text(self) -> None:
        numbers = np.tile(np.arange(40, dtype=np.int32) % 2, 8)
        train, held = hold_out(numbers, 0.1, 0, copies=list(range(40)) * 8)
        assert len(held) == 32
        assert not set((train % 40).tolist()) & set((held % 40).tolist())

    def test_a_class_that_only_copies_have_is_learned(self) -> None:
        numbers = np.array([0, 0, 1, 1, 2], np.int32)  # the last row repeats the text of a row
        for repeated in range(4):
            copies = [0, 1, 2, 3, repeated]
            for seed in range(10):
                try:
                    train, held = hold_out(numbers, 0.5, seed, copies=copies)
                except DataError as error:
                    pytest.fail(str(error))
                assert 4 in train
                assert repeated in train
                assert len(held) >= 1

    @pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, float("nan"), "0.1", None])
    def test_fraction_is_checked(self, fraction: Any) -> None:
        with pytest.raises(UsageError, match="validation_fraction"):
            hold_out(np.array([0, 0, 1, 1], np.int32), fraction, seed=0)


class TestTargets:
    @pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, list], ids=lambda k: k.__name__)
    def test_rows_of_probabilities(self, kind: Any) -> None:
        rows = [[0.25, 0.75], [1.0, 0.0]]
        found = check_targets(kind(rows), 2, 2)
        assert (found.dtype, found.tolist()) == (np.float32, rows)
        assert check_targets(np.empty((0, 2)), 0, 2).shape == (0, 2)

    @pytest.mark.parametrize(
        "wrong", [None, [0.5, 0.5], [[0.5, 0.5]], [[1.0], [1.0]], [["x", "y"]] * 2, [[1], [1, 0]]]
    )
    def test_another_shape_is_named(self, wrong: Any) -> None:
        with pytest.raises(DataError, match="2 texts and 2 classes, but targets of shape"):
            check_targets(wrong, 2, 2)

    @pytest.mark.parametrize("row", [[0.5, 0.4], [1.5, -0.5], [np.nan, 1.0], [np.inf, 0.0]])
    def test_what_is_no_probability_is_named_by_position(self, row: list[float]) -> None:
        with pytest.raises(DataError, match="targets of text number 2"):
            check_targets([[0.5, 0.5], row], 2, 2)


class TestWeights:
    @pytest.mark.parametrize(
        "weights",
        [[0, 1, 2.5], (0, 1, 2.5), np.array([0, 1, 2.5]), pd.Series([0, 1, 2.5], [9, 9, 1])],
    )
    def test_numbers(self, weights: Any) -> None:
        found = check_weights(weights, 3)
        assert found.dtype == np.float32
        assert found.tolist() == [0, 1, 2.5]

    @pytest.mark.parametrize(
        ("weights", "message"),
        [
            ([1, 2], "sample_weight of shape"),
            (1.0, "sample_weight of shape"),
            ([[1], [2], [3]], "sample_weight of shape"),
            (["a", "b", "c"], "sample_weight of shape"),
            ([1, -0.5, 1], "text number 2"),
            ([1, 1, float("nan")], "text number 3"),
            ([float("inf"), 1, 1], "text number 1"),
            ([1, None, 1], "text number 2"),
        ],
    )
    def test_wrong_ones(self, weights: Any, message: str) -> None:
        with pytest.raises(DataError, match=message):
            check_weights(weights, 3)


@pytest.mark.parametrize("values", [["b", "a"], [1, 0], [True, False]], ids=repr)
def test_labels_of_any_table(values: list[Any]) -> None:
    for column in (
        pd.Series(values, index=[7, 7]),
        pd.Series(values).convert_dtypes(),
        pd.Series(values, dtype="category"),
        pl.Series(values),
        pa.array(values),
        pa.chunked_array([values[:1], values[1:]]),
    ):
        assert check_labels(column, 2) == values
        assert [type(each) for each in check_labels(column, 2)] == [type(each) for each in values]
