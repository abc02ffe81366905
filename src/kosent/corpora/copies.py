"""Texts that stand in a corpus more than once, and labels that only its test split has.

Two texts are the same where they are equal in NFC with every run of white space as one blank and
none at the ends: a difference of Unicode or spacing alone makes no other text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kosent.corpora.base import Corpus
from kosent.corpora.notices import unseen_notice
from kosent.language import Message


def text_key(text: str) -> str:
    """Return what is the same for texts that are the same."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def first_copies(texts: Sequence[str]) -> list[int]:
    """Return for each text the number of the first that is the same (0.3 s for NSMC)."""
    first: dict[str, int] = {}
    return [first.setdefault(text_key(text), number) for number, text in enumerate(texts)]


@dataclass(frozen=True, slots=True)
class Copies:
    """What stands in a corpus more than once.

    Attributes:
        repeated: Rows of the training split whose text stands in an earlier one.
        contradicting: Texts of the training split with more than one label.
        test_in_train: Rows of the test split whose text stands in the training split.
        unseen_labels: Rows of the test split by label, of labels that the training split lacks.
    """

    repeated: int
    contradicting: int
    test_in_train: int
    unseen_labels: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, corpus: Corpus) -> Copies:
        """Count; takes 0.6 s for NSMC."""
        labels: dict[str, set[str]] = {}
        for text, label in zip(corpus.train.texts, corpus.train.labels, strict=True):
            labels.setdefault(text_key(text), set()).add(label)
        test = corpus.test
        return cls(
            repeated=len(corpus.train) - len(labels),
            contradicting=sum(len(each) > 1 for each in labels.values()),
            test_in_train=sum(text_key(text) in labels for text in test.texts) if test else 0,
            unseen_labels=dict(corpus.unseen_labels().most_common()),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    def notices(self) -> list[Message]:
        """Return a line for the user for each kind that there is."""
        lines = []
        if self.repeated:
            lines.append(
                Message(
                    f"train: {self.repeated:,}줄의 글이 앞에 이미 있습니다",
                    f"train: the texts of {self.repeated:,} rows stand in earlier ones",
                )
            )
        if self.contradicting:
            lines.append(
                Message(
                    f"train: 글 {self.contradicting:,}개에 서로 다른 라벨이 있습니다",
                    f"train: {self.contradicting:,} texts have different labels in different rows",
                )
            )
        if self.test_in_train:
            lines.append(
                Message(
                    f"test: {self.test_in_train:,}줄의 글이 학습 자료에도 있습니다",
                    f"test: the texts of {self.test_in_train:,} rows stand in train too",
                )
            )
        if self.unseen_labels:
            lines.append(unseen_notice(self.unseen_labels))
        return lines
