from __future__ import annotations

from kosent.inspection.balance import characters, imbalance, label_counts


def test_labels_are_counted_the_most_frequent_first() -> None:
    assert list(label_counts(["a", "b", "b"]).items()) == [("b", 2), ("a", 1)]


def test_imbalance_counts_names_read_as_one_together() -> None:
    labels = ["Good"] * 15 + ["good"] * 10 + ["bad"] * 10 + ["so"] * 9
    assert imbalance(labels) == {"most": "Good", "least": "so", "ratio": 2.78, "rare": ["so"]}
    assert imbalance(["a"]) == {"most": "a", "least": "a", "ratio": 1.0, "rare": ["a"]}


def test_characters() -> None:
    assert characters(["가", "가나다", "가나다라마"], ["x", "y", "y"]) == {
        "shortest": 1,
        "mean": 3.0,
        "median": 3.0,
        "up_to_99": 5,
        "longest": 5,
        "mean_by_label": {"x": 1.0, "y": 4.0},
    }
    assert characters([], []) == {}
