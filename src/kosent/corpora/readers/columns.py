"""Which column of a user's file holds the text and which the label."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kosent.errors import DataError, UsageError, unknown_name

# Names that people use, by how surely they mean it: of a file's columns those of the first rank
# that has any are looked at, and two of one rank are a guess that is left to the user.
_TEXTS = """
document documents review reviews sentence sentences content contents comment comments
body utterance utterances message messages reviewtext reviewbody reviewcontent commenttext
내용 문장 리뷰 본문 댓글 글 발화 후기 평 의견 메시지 대화 상품평 한줄평 영화평 감상평
리뷰내용 리뷰본문 리뷰텍스트 댓글내용 댓글본문 후기내용 본문내용 글내용 문의내용 구매후기 이용후기
"""
_LABELS = """
sentiment sentiments class classes category categories target emotion emotions polarity
sentimentlabel labelname labeltext
분류 감성 감정 범주 카테고리 긍부정 긍정부정 극성 정답 유형 클래스
감성라벨 감정라벨 감성레이블 감정레이블 감성분류 감정분류
"""
_RATINGS = "rating ratings score scores star stars y result 별점 평점 점수 결과"
_KINDS = "intent intents topic topics type types tag tags 의도 주제 종류 구분 태그 평가"
# What stands beside a text and is no label of it; so does what ends in "id".
_KEYS = """
index idx no num number key date time datetime created url link path file filename name user author
source amount count price likes views
번호 순번 연번 날짜 일자 작성일 등록일 시간 아이디 이름 작성자 출처 링크 파일
금액 가격 수량 조회수 추천수 공감수
"""
TEXT_NAMES: tuple[tuple[str, ...], ...] = (
    ("text", "texts", "텍스트"),
    tuple(_TEXTS.split()),
    ("question", "query", "title", "q", "x", "질문", "제목", "문의"),
)
LABEL_NAMES: tuple[tuple[str, ...], ...] = (
    ("label", "labels", "라벨", "레이블"),
    tuple(_LABELS.split()),
    tuple(_RATINGS.split()),
    tuple(_KINDS.split()),
)
_KOREAN = {"text": "글", "label": "라벨"}
_NO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_GAPS = re.compile(rf"[\s_\-.{_NO_WIDTH}]+")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class Choice(NamedTuple):
    """The columns of a file that are read.

    Attributes:
        text: Index of the text column.
        label: Index of the label column, ``None`` where the file has none.
        others: Recognised columns that were not chosen, by role.
    """

    text: int
    label: int | None
    others: dict[str, list[str]]


class Columns:
    """The columns of a file.

    Args:
        names: As they stand in the file; numbers where it names none.
        source: Name of the file, for messages.
        sample: The first rows, of a file that does not name its columns.
    """

    def __init__(
        self, names: Sequence[str], source: str, sample: Sequence[Sequence[str]] = ()
    ) -> None:
        self._names = list(names)
        self._source = source
        self._sample = sample

    def choose(self, text: str | None, label: str | None, *, labelled: bool) -> Choice:
        """Find the text and the label column.

        Args:
            text: The user's choice, or ``None`` to go by ``TEXT_NAMES``; of two columns it can be
                the one beside the label, too. In a file that does not name its columns it is found
                by what stands in them.
            label: The same for the label.
            labelled: Whether a label is looked for, and a file without one refused.

        Raises:
            UsageError: If a column named by the user is not there, or both are the same.
            DataError: If no column, or more than one, can be meant.
        """
        others: dict[str, list[str]] = {}
        text_index = self._find(text, "text", others)
        if text_index is None:
            text_index = self._beside(self._likely_labels(label))
        if text_index is None:
            raise self._none("text")
        if not labelled:
            return Choice(text_index, None, others)
        label_index = self._find(label, "label", others)
        if label_index is None:
            label_index = self._beside([text_index])
        if label_index is None:
            raise self._none("label")
        if text_index == label_index:
            raise UsageError(
                f"글과 라벨이 같은 열일 수 없습니다. 받은 열: {self._names[text_index]!r}",
                f"text and label cannot be the same column. Received: {self._names[text_index]!r}",
            )
        return Choice(text_index, label_index, others)

    def index(self, name: str) -> int:
        """Return where the label column of that name stands.

        Raises:
            UsageError: If there is none.
            DataError: If there are several.
        """
        return self._named(name, "label")

    def named_like(self, name: str | None, wanted: str | None, role: str) -> str | None:
        """Return the column to ask for in a file that goes with another one.

        Args:
            name: The other file's column.
            wanted: The user's choice.
            role: ``"text"`` or ``"label"``.

        Returns:
            The other file's where it is there and none is known by its name; else ``wanted``.
        """
        known = any(self._by_rank(TEXT_NAMES if role == "text" else LABEL_NAMES))
        here = name is not None and fold(name) in map(fold, self._names)
        return name if wanted is None and not known and here else wanted

    def has_label(self, label: str | None) -> bool:
        """Tell whether there is a label column, that of a name or a likely one.

        A test file of a contest has none.
        """
        if label is not None:
            return fold(label) in map(fold, self._names)
        if self._sample:
            return _by_content(self._sample, "label") is not None
        return recognised(self._names, LABEL_NAMES) > 0

    def _find(self, wanted: str | None, role: str, others: dict[str, list[str]]) -> int | None:
        if wanted is not None:
            return self._named(wanted, role)
        if self._sample:
            return _by_content(self._sample, role)
        found = self._by_rank(TEXT_NAMES if role == "text" else LABEL_NAMES)
        best = next((rank for rank in found if rank), [])
        if len(best) > 1:
            raise self._several([self._names[index] for index in best], role)
        rest = [index for rank in found for index in rank if index not in best]
        if best and rest:
            others[role] = [self._names[index] for index in rest]
        return best[0] if best else None

    def _likely_labels(self, label: str | None) -> list[int]:
        if label is not None:
            return [self._named(label, "label")]
        return next((rank for rank in self._by_rank(LABEL_NAMES) if rank), [])

    def _by_rank(self, ranks: tuple[tuple[str, ...], ...]) -> list[list[int]]:
        folded = [fold(name) for name in self._names]
        return [[i for i, name in enumerate(folded) if name in rank] for rank in ranks]

    def _beside(self, known: Sequence[int]) -> int | None:
        """Return the other one of two columns, where one is known and it can be text or label."""
        if len(self._names) != 2 or len(known) != 1:
            return None
        other = 1 - known[0]
        return None if _is_key(self._names[other]) else other

    def _named(self, wanted: str, role: str) -> int:
        if self._names.count(wanted) == 1:
            return self._names.index(wanted)
        folded = [fold(name) for name in self._names]
        if fold(wanted) not in folded:
            raise unknown_name("열", "column", wanted, map(_shown, self._names))
        found = [index for index, name in enumerate(folded) if name == fold(wanted)]
        if len(found) > 1:
            raise self._several([self._names[index] for index in found], role)
        return found[0]

    def _none(self, role: str) -> DataError:
        listed = self._listed()
        return DataError(
            f"'{self._source}'에서 {_KOREAN[role]} 열을 찾지 못했습니다. 있는 열: {listed}. "
            f"--{role}-column으로 지정하세요",
            f"no {role} column recognised in '{self._source}'. Columns: {listed}. "
            f"Name it with --{role}-column",
        )

    def _several(self, names: Sequence[str], role: str) -> DataError:
        count, listed = len(names), ", ".join(repr(_shown(name)) for name in names[:20])
        if len({fold(name) for name in names}) == 1:
            return DataError(
                f"'{self._source}'에 '{fold(names[0])}' 열이 {count}개 있습니다. 하나만 남기거나 "
                f"이름을 바꾸세요: {listed}",
                f"'{self._source}' has {count} columns named '{fold(names[0])}'; keep one, or "
                f"rename them: {listed}",
            )
        return DataError(
            f"'{self._source}'에서 {_KOREAN[role]} 열일 수 있는 것이 {count}개입니다: {listed}. "
            f"--{role}-column으로 하나를 지정하세요",
            f"{count} columns of '{self._source}' can be the {role}: {listed}. "
            f"Name one with --{role}-column",
        )

    def _listed(self, most: int = 20) -> str:
        names = [repr(_shown(name)) for name in self._names[:most]]
        if self._sample:  # numbers tell nothing without what stands below them
            first = self._sample[0][:most]
            names = [f"{n} ({_shown(cell)!r})" for n, cell in zip(names, first, strict=True)]
        more = f", … ({len(self._names)})" if len(self._names) > most else ""
        return ", ".join(names) + more or "-"


def fold(name: str) -> str:
    """Return a name as it is compared: composed, in small letters, without blanks, ``_`` and ``-``.

    macOS writes Hangul decomposed (NFD); the name is the same to its reader.
    """
    return _GAPS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def recognised(names: Iterable[str], ranks: tuple[tuple[str, ...], ...]) -> int:
    """Count the names that are known."""
    known = {name for rank in ranks for name in rank}
    return sum(fold(name) in known for name in names)


def _is_key(name: str) -> bool:
    """Tell whether a name is that of a number, date or source of a row; pandas gives it none."""
    folded = fold(name)
    known = not folded or folded in _KEYS.split()
    return known or folded.endswith("id") or folded.startswith("unnamed")


def are_data(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row of a file is a row like the others, and names no columns.

    It is where it has a number in a column of numbers, or a word that comes again in a column of
    few different ones.
    """
    if len(rows) < 2 or recognised(rows[0], TEXT_NAMES + LABEL_NAMES):
        return False
    if list(rows[0]) == [str(index) for index in range(len(rows[0]))]:
        return False  # what pandas calls columns without a name
    return any(_is_like(column[0], column[1:]) for column in zip(*rows, strict=True))


def _is_like(first: str, others: Sequence[str]) -> bool:
    if not first.strip():
        return False
    if _NUMBER.fullmatch(first) is not None:
        return all(_NUMBER.fullmatch(value) for value in others if value)
    return first in others and len(set(others)) <= max(3, len(others) // 2)


def _by_content(rows: Sequence[Sequence[str]], role: str) -> int | None:
    """Find the text or the label among columns without names; ``None`` where that is a guess."""
    columns = list(zip(*rows, strict=True))
    wordy = [i for i, column in enumerate(columns) if not all(map(_NUMBER.fullmatch, column))]
    texts = [i for i in wordy if len(set(columns[i])) * 2 > len(rows)] or wordy
    if len(columns) == 2:
        chosen = max(texts or (0, 1), key=lambda i: sum(map(len, columns[i])))
        return chosen if role == "text" else 1 - chosen
    few = [i for i, column in enumerate(columns) if len(set(column)) <= max(2, len(rows) // 2)]
    found = texts if role == "text" else [i for i in few if i not in texts]
    return found[0] if len(found) == 1 else None


def _shown(name: str) -> str:
    short = unicodedata.normalize("NFC", name).strip()
    return short if len(short) <= 40 else short[:40] + "…"
