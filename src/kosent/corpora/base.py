"""What every corpus is made of: labelled texts and an account of every row read.

Does *not* cover reading (``builtin``, ``readers``) nor any text
processing: a text arrives here exactly as it stands in its file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from kosent.corpora.notices import REASONS, dropped_notice, some
from kosent.corpora.sampling import stratified
from kosent.errors import DataError, UsageError, unknown_name
from kosent.language import Message
from kosent.support.frames import to_pandas

if TYPE_CHECKING:
    import pandas

Language = Literal["ko", "en"]
Progress = Callable[[int, int | None], None]  # (bytes so far, bytes in all or None)

NEGATIVE, POSITIVE = "negative", "positive"
SPLITS = ("train", "test")
_MANY = 20  # rows from which a label of nearly every one of them is a mistake


@dataclass(frozen=True, slots=True)
class Dropped:
    """One row that was read and not used.

    Attributes:
        line: Physical line of the file, from 1; in an archive the number of the
            member, in a Parquet file the number of the row.
        reason: A key of ``REASONS``.
        source: Name of the file or of the archive's member.
    """

    line: int
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The account of one split: every row read was kept, dropped or over the limit.

    Attributes:
        read: Rows found, header not counted.
        kept: Rows that became texts.
        dropped: The rows that did not, in the order of the file.
        over_limit: Good rows left out by ``Split.limited``.
    """

    read: int
    kept: int
    dropped: tuple[Dropped, ...] = ()
    over_limit: int = 0

    def __post_init__(self) -> None:
        accounted = self.kept + len(self.dropped) + self.over_limit
        if self.read != accounted:
            raise ValueError(f"read {self.read} rows but accounted for {accounted}")
        unknown = {row.reason for row in self.dropped} - REASONS.keys()
        if unknown:
            raise ValueError(f"reasons that are not in REASONS: {sorted(unknown)}")

    def by_reason(self) -> dict[str, int]:
        """Return the number of rows left out, by reason, the most frequent first."""
        counts = Counter(row.reason for row in self.dropped)
        if self.over_limit:
            counts["over limit"] += self.over_limit
        return dict(counts.most_common())


@dataclass(frozen=True, slots=True)
class Split:
    """Texts and labels of one split, in the order of the file.

    Attributes:
        texts: One string a row, exactly as read.
        labels: The label of each text.
        audit: What became of every row.
        lines: Where each text begins, as in ``Dropped.line``; ``None`` where it is not known.
        label_sets: The labels of each text, sorted, where it may have several or none; ``labels``
            then names each set (:func:`set_name`).
    """

    texts: list[str]
    labels: list[str]
    audit: Audit
    lines: list[int] | None = None
    label_sets: list[tuple[str, ...]] | None = None

    def __post_init__(self) -> None:
        if not len(self.texts) == len(self.labels) == self.audit.kept:
            raise ValueError(
                f"{len(self.texts)} texts, {len(self.labels)} labels, {self.audit.kept} kept"
            )

    def __len__(self) -> int:
        return len(self.texts)

    def limited(self, rows: int, seed: int) -> Split:
        """Return a subset with the classes in proportion, in the original order.

        Args:
            rows: Size of the subset, at least 1; a larger one than there are rows keeps all.
            seed: The same seed gives the same rows.

        Returns:
            The subset. Each class keeps at least one row where ``rows`` allows it;
            the audit counts the others under ``over limit``.

        Raises:
            UsageError: If ``rows`` is below 1.
        """
        if rows < 1:
            raise UsageError(
                f"줄 수 한도는 1 이상이어야 합니다. 받은 값: {rows}",
                f"the limit of rows must be at least 1. Received: {rows}",
            )
        if rows >= len(self):
            return self
        chosen = stratified(self.labels, rows, seed)
        audit = Audit(
            self.audit.read,
            rows,
            self.audit.dropped,
            self.audit.over_limit + len(self) - rows,
        )
        lines = None if self.lines is None else [self.lines[i] for i in chosen]
        texts, labels = [self.texts[i] for i in chosen], [self.labels[i] for i in chosen]
        sets = None if self.label_sets is None else [self.label_sets[i] for i in chosen]
        return Split(texts, labels, audit, lines, sets)

    @property
    def learned_labels(self) -> list[str] | list[tuple[str, ...]]:
        """The label of each text, or its labels where it may have several."""
        return self.labels if self.label_sets is None else self.label_sets

    def label_counts(self) -> Counter[str]:
        """Return the texts by label; a text of several counts for each."""
        if self.label_sets is None:
            return Counter(self.labels)
        return Counter(label for each in self.label_sets for label in each)

    def to_frame(self) -> pandas.DataFrame:
        """Return ``text`` and ``label`` as a DataFrame of pandas.

        Where a text may have several labels, they are ``labels``, a list. Its index is ``line``,
        the place in the file, where that is known, and the number of the row, from 0, otherwise.

        Raises:
            RuntimeSetupError: If pandas is not installed.
        """
        columns: dict[str, list[Any]] = {"text": self.texts, "label": self.labels}
        if self.label_sets is not None:
            columns = {"text": self.texts, "labels": list(map(list, self.label_sets))}
        return to_pandas(columns, self.lines, None if self.lines is None else "line")


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus ready for training.

    Attributes:
        name: Name in the table of corpora, or of the user's own file or folder.
        language: ``"ko"`` or ``"en"``.
        train: The training split.
        test: The test split, or ``None`` where there is none.
        notices: One-line remarks for the user.
    """

    name: str
    language: Language
    train: Split
    test: Split | None
    notices: tuple[Message, ...] = ()

    @property
    def label_names(self) -> tuple[str, ...]:
        """Labels of the training split: negative before positive, otherwise sorted."""
        return tuple(sorted(self.train.label_counts()))

    @property
    def multilabel(self) -> bool:
        """Whether its texts may have several labels, or none."""
        return self.train.label_sets is not None

    def split(self, name: str) -> Split:
        """Return the split of that name.

        Args:
            name: ``"train"`` or ``"test"``.

        Raises:
            UsageError: If it is neither.
            DataError: If the corpus has no such split.
        """
        if name not in SPLITS:
            raise unknown_name("자료 구분", "split", name, SPLITS)
        split = self.train if name == "train" else self.test
        if split is None:
            raise DataError(
                f"'{self.name}'에는 {name} 자료가 없습니다",
                f"'{self.name}' has no {name} split",
            )
        return split

    def limited(self, rows: int | None, seed: int) -> Corpus:
        """Return the corpus with at most ``rows`` rows of each split; all with ``None``.

        See :meth:`Split.limited`.
        """
        if rows is None:
            return self
        test = self.test.limited(rows, seed) if self.test else None
        return replace(self, train=self.train.limited(rows, seed), test=test)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over texts and labels of both splits, in order (0.3 s for NSMC)."""
        digest = hashlib.sha256()
        for split in (self.train, self.test):
            digest.update(b"no split" if split is None else b"split %d" % len(split))
            for column in (split.texts, split.labels) if split is not None else ():
                for value in column:
                    # JSON can carry lone surrogates, which strict UTF-8 refuses.
                    data = value.encode("utf-8", "surrogatepass")
                    digest.update(b"%d:" % len(data) + data)
        return digest.hexdigest()

    def accounts(self) -> dict[str, dict[str, Any]]:
        """Return read, kept and dropped rows of each split there is, ready for JSON."""
        splits = {"train": self.train, "test": self.test}
        return {
            name: {
                "read": split.audit.read,
                "kept": split.audit.kept,
                "dropped": split.audit.by_reason(),
            }
            for name, split in splits.items()
            if split is not None
        }

    def check_trainable(self) -> None:
        """Check that a classifier can be trained and scored on this corpus.

        Raises:
            DataError: If train has fewer than two classes or, of some rows and one label a text, a
                class for more than every second row, or test has none of them.
        """
        names = self.label_names
        if len(names) < 2:
            raise DataError(
                f"'{self.name}'의 학습 자료에 분류가 {len(names)}개뿐입니다: {list(names)}. "
                "서로 다른 라벨이 둘 이상 있어야 합니다",
                f"the training split of '{self.name}' has only {len(names)} class: {list(names)}; "
                "two or more different labels are needed",
            )
        rows = len(self.train)
        if not self.multilabel and rows >= _MANY and 2 * len(names) > rows:
            raise DataError(
                f"'{self.name}'의 라벨이 줄마다 거의 다릅니다({rows:,}줄에 {len(names):,}개, 예: "
                f"{names[0][:40]!r}). 라벨 열이 맞는지 확인하세요 (--label-column)",
                f"nearly every row of '{self.name}' has a label of its own ({len(names):,} in "
                f"{rows:,} rows, such as {names[0][:40]!r}); is that the column of the labels "
                "(--label-column)?",
            )

        unseen = self.unseen_labels()
        if self.test is not None and len(self.test) and not self.test.label_counts() - unseen:
            listed = some(unseen)
            raise DataError(
                f"'{self.name}'의 평가 자료에는 학습 자료에 있는 라벨이 없습니다: {listed}",
                f"none of the labels in the test split of '{self.name}' occurs in train: {listed}",
            )

    def unseen_labels(self) -> Counter[str]:
        """Return the rows of the test split by label, of labels that occur only there."""
        unseen = self.test.label_counts() if self.test is not None else Counter[str]()
        for name in self.label_names:
            del unseen[name]
        return unseen


def set_name(labels: Sequence[str]) -> str:
    """Return one name for the labels of a text."""
    return " | ".join(labels)


def joined(parts: Sequence[Split]) -> Split:
    """Return the rows of several files as one split; a line says nothing then.

    Args:
        parts: One split a file, one or more.
    """
    if len(parts) == 1:
        return parts[0]
    sets = [each.label_sets for each in parts]
    audits = [each.audit for each in parts]
    return Split(
        [text for each in parts for text in each.texts],
        [label for each in parts for label in each.labels],
        Audit(
            sum(each.read for each in audits),
            sum(each.kept for each in audits),
            tuple(row for each in audits for row in each.dropped),
            sum(each.over_limit for each in audits),
        ),
        None,
        None if None in sets else [labels for each in sets if each for labels in each],
    )


def assemble(
    name: str,
    language: Language,
    train: Split,
    test: Split | None,
    notices: Sequence[Message] = (),
) -> Corpus:
    """Build a corpus and add a remark for each split that lost rows."""
    remarks = list(notices)
    for title, split in (("train", train), ("test", test)):
        if split is not None and split.audit.dropped:
            audit = split.audit
            first = audit.dropped[0].line
            remarks.append(dropped_notice(title, audit.read, audit.by_reason(), first))
    return Corpus(name, language, train, test, tuple(remarks))
