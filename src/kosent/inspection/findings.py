"""What an audit can find in a row, and how it is said."""

from __future__ import annotations

# By the name that stands in files; in the order of the terminal's table.
FINDINGS: dict[str, tuple[str, str]] = {
    "duplicate": ("같은 글, 같은 라벨이 앞에 있음", "same text and label as an earlier row"),
    "near duplicate": ("앞의 글과 거의 같음", "nearly the text of an earlier row"),
    "both labels": ("같은 글에 다른 라벨도 있음", "the same text has another label too"),
    "in test": ("학습 글이 시험 자료에도 있음", "training text that stands in test"),
    "near test": ("학습 글이 시험 글과 거의 같음", "training text nearly as one of test"),
    "cleans to nothing": ("정리하면 빈 글", "nothing is left when cleaned"),
    "mojibake": ("깨진 글자", "decoded wrongly"),
    "mixed encodings": ("인코딩이 섞인 글", "encodings mixed in one text"),
    "replacement character": ("잃어버린 글자 (U+FFFD)", "lost characters (U+FFFD)"),
    "decomposed": ("풀어 쓴 글자 (NFD)", "letters taken apart (NFD)"),
    "lone surrogate": ("반쪽 글자", "half a character"),
    "long text": ("중앙값의 열 배보다 긴 글", "longer than ten times the median"),
    "label name": ("띄어쓰기·대소문자·폭만 다른 라벨", "label differs by a blank, case or width"),
    "likely wrong label": ("라벨이 틀린 듯함", "label is likely wrong"),
}
