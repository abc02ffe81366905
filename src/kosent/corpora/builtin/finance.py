"""Financial PhraseBank in Korean (CC BY-NC-SA 3.0): 4,846 sentences of financial news, translated.

It is published without a split, so that ``forms.in_test`` makes one.
"""

from __future__ import annotations

from kosent.corpora.base import NEGATIVE, POSITIVE
from kosent.corpora.builtin.forms import Table, divided, word
from kosent.corpora.spec import CorpusSpec, github_file
from kosent.language import Message

LABELS = (NEGATIVE, "neutral", POSITIVE)
FORM = Table(
    ("labels", "sentence", "kor_sentence"),
    "kor_sentence",
    word(0, {label: label for label in LABELS}),
    separator=",",
    quoted=True,
)

SPEC = CorpusSpec(
    name="finance",
    language="ko",
    title=Message(
        "금융 뉴스 문장의 감성, 영어에서 옮김", "financial news, translated from English"
    ),
    task="sentiment",
    metric="macro_f1",
    labels=LABELS,
    licence="CC BY-NC-SA 3.0",
    homepage="https://github.com/ukairia777/finance_sentiment_corpus",
    rows={"train": 3_889, "test": 957},
    files=(
        github_file(
            "finance/finance_data.csv",
            "ukairia777/finance_sentiment_corpus/main",
            "finance_data.csv",
            "c9b19692ba19bfbf5e11faeb5234cbf31f9b8af7",
            1_319_001,
        ),
    ),
    read=divided(FORM),
)
