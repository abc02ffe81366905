r"""Naver Shopping reviews (bab2min/corpus, public domain): 200,000 product reviews by stars.

The file is ``stars\ttext`` without a header; three stars are not in it. It is published without a
split, so that ``forms.in_test`` makes one.
"""

from __future__ import annotations

from kosent.corpora.base import NEGATIVE, POSITIVE
from kosent.corpora.builtin.forms import Table, divided, word
from kosent.corpora.spec import CorpusSpec, github_file
from kosent.language import Message

LABELS = {"1": NEGATIVE, "2": NEGATIVE, "4": POSITIVE, "5": POSITIVE}
FORM = Table(("stars", "text"), "text", word(0, LABELS), header=False)

SPEC = CorpusSpec(
    name="naver-shopping",
    language="ko",
    title=Message("네이버 쇼핑 상품평 (긍정·부정)", "Naver Shopping reviews (positive, negative)"),
    task="sentiment",
    metric="accuracy",
    labels=(NEGATIVE, POSITIVE),
    licence="public domain",
    homepage="https://github.com/bab2min/corpus",
    rows={"train + test": 200_000},
    files=(
        github_file(
            "naver-shopping/naver_shopping.txt",
            "bab2min/corpus/master",
            "sentiment/naver_shopping.txt",
            "25afff322fd86ee54d7813acedafe4990d83b18c",
        ),
    ),
    read=divided(FORM),
)
