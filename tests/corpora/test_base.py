from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.base import Audit, Corpus, Dropped, Split, assemble
from kosent.errors import DataError, UsageError


def split(*labels: str, dropped: tuple[Dropped, ...] = ()) -> Split:
    texts = [f"글 {index}" for index in range(len(labels))]
    return Split(texts, list(labels), Audit(len(labels) + len(dropped), len(labels), dropped))


def corpus(train: Split, test: Split | None = None) -> Corpus:
    return Corpus("mine", "ko", train, test)


def test_an_audit_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="read 3 rows but accounted for 2"):
        Audit(3, 1, (Dropped(2, "empty text", "a"),))


def test_an_audit_refuses_a_reason_that_is_not_in_the_table() -> None:
    with pytest.raises(ValueError, match="REASONS"):
        Audit(1, 0, (Dropped(2, "bad luck", "a"),))


def test_by_reason_counts_the_most_frequent_first() -> None:
    rows = [Dropped(n, reason, "a") for n, reason in enumerate(["no label", *["blank line"] * 2])]
    audit = Audit(9, 1, tuple(rows), over_limit=5)
    assert list(audit.by_reason().items()) == [
        ("over limit", 5),
        ("blank line", 2),
        ("no label", 1),
    ]


@pytest.mark.parametrize(("texts", "labels", "kept"), [(2, 1, 2), (1, 2, 2), (2, 2, 1)])
def test_a_split_holds_as_many_texts_as_labels_as_kept(texts: int, labels: int, kept: int) -> None:
    with pytest.raises(ValueError, match="kept"):
        Split(["글"] * texts, ["a"] * labels, Audit(kept, kept))


def test_limited_keeps_order_proportions_and_account() -> None:
    whole = split(*["a", "a", "a", "b"] * 25, dropped=(Dropped(7, "empty text", "f"),))
    small = whole.limited(20, seed=3)
    assert len(small) == 20
    assert small.labels.count("a") == 15
    positions = [whole.texts.index(text) for text in small.texts]
    assert positions == sorted(positions)
    assert [whole.labels[position] for position in positions] == small.labels
    assert small.audit == Audit(101, 20, whole.audit.dropped, over_limit=80)
    assert small.limited(5, seed=3).audit.over_limit == 95


def test_limited_depends_on_the_seed_alone() -> None:
    whole = split(*["a", "b"] * 50)
    assert whole.limited(10, seed=1) == whole.limited(10, seed=1)
    assert whole.limited(10, seed=1) != whole.limited(10, seed=2)


def test_limited_to_more_rows_than_there_are_keeps_all() -> None:
    whole = split("a", "b")
    assert whole.limited(2, seed=0) is whole
    assert whole.limited(99, seed=0) is whole


@pytest.mark.parametrize("rows", [0, -1])
def test_limited_refuses_to_keep_nothing(rows: int) -> None:
    with pytest.raises(UsageError, match=rf"Received: {rows}"):
        split("a", "b").limited(rows, seed=0)


@given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=60), st.data())
def test_limited_always_gives_the_number_asked_for(labels: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, len(labels)))
    small = split(*labels).limited(rows, seed=0)
    assert len(small) == len(set(small.texts)) == rows
    if rows >= len(set(labels)):
        assert set(small.labels) == set(labels)


def test_label_names_are_sorted_so_negative_comes_first() -> None:
    assert corpus(split("positive", "negative")).label_names == ("negative", "positive")


def test_the_fingerprint_sees_every_text_label_and_border() -> None:
    def of(texts: list[str], labels: list[str], test: Split | None = None) -> str:
        return corpus(Split(texts, labels, Audit(len(texts), len(texts))), test).fingerprint

    variants = [
        of(["가나", "다"], ["x", "y"]),
        of(["가", "나다"], ["x", "y"]),
        of(["가나", "다"], ["y", "x"]),
        of(["다", "가나"], ["x", "y"]),
        of(["가나", "다"], ["x", "y"], split("x")),
        of(["가나"], ["x"]),
    ]
    assert len(set(variants)) == len(variants)
    assert of(["가나", "다"], ["x", "y"]) == variants[0]


def test_the_fingerprint_does_not_change_between_versions() -> None:
    whole = Corpus("any name", "ko", split("a", "b"), split("a"), ("any notice",))
    assert whole.fingerprint == "2cba3b50334a37b930901596cffdcba44d5a2cfe562a73cf594ac7c2a74fd1aa"


def test_the_fingerprint_takes_lone_surrogates() -> None:
    one = Split(["\ud800"], ["x"], Audit(1, 1))
    assert corpus(one).fingerprint != corpus(Split(["?"], ["x"], Audit(1, 1))).fingerprint


def test_splits_by_name() -> None:
    train = split("a", "b")
    assert corpus(train).split("train") is train
    with pytest.raises(DataError, match="'mine' has no test split"):
        corpus(train).split("test")
    with pytest.raises(UsageError, match="Did you mean 'train'"):
        corpus(train).split("trian")


def test_one_class_cannot_be_trained_on() -> None:
    with pytest.raises(DataError, match=r"only 1 class: \['a'\]"):
        corpus(split("a", "a")).check_trainable()


def test_a_label_for_nearly_every_row_is_the_wrong_column() -> None:
    labels = [f"a{number:02}" for number in range(11)]
    with pytest.raises(DataError, match=r"11 in 20 rows, such as 'a00'\).*--label-column"):
        corpus(split(*labels, *["a10"] * 9)).check_trainable()
    corpus(split(*labels[:10], *["a00"] * 10)).check_trainable()
    corpus(split(*labels)).check_trainable()  # of few rows it may be meant


def test_labels_seen_only_in_test_are_named_and_counted() -> None:
    built = corpus(split("a", "b"), split("a", "new", "new", *"cdefgh"))
    built.check_trainable()
    assert built.unseen_labels() == {"new": 2} | dict.fromkeys("cdefgh", 1)
    assert corpus(split("a", "b")).unseen_labels() == {}


def test_a_test_split_of_other_labels_alone_is_refused() -> None:
    test = split("new", "new", *"cdefgh")
    with pytest.raises(DataError, match=r"'new' \(2\).*… \(7\)") as caught:
        corpus(split("a", "b"), test).check_trainable()
    assert "'h'" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_classes_and_known_test_labels_are_trainable() -> None:
    corpus(split("a", "b"), split("a")).check_trainable()
    corpus(split("a", "b")).check_trainable()


def test_assemble_says_what_was_not_used() -> None:
    train = split("a", "b", dropped=(Dropped(4, "empty text", "f"), Dropped(9, "no label", "f")))
    built = assemble("mine", "ko", train, split("a"), ["먼저 / first"])
    first, second = built.notices
    assert first == "먼저 / first"
    assert "train: 4줄 가운데 2줄" in second
    assert "2 of 4 rows were not used (empty text 1, no label 1; first at 4)" in second
