"""KoBEST SentiNeg (SKT, CC BY-SA 4.0): product reviews, and in test the same ones negated.

The columns stand in another order in each file. What a word of praise or blame tells is turned
round in test, so that counting words fails here: the corpus measures whether negation is read.
"""

from __future__ import annotations

from kosent.corpora.base import NEGATIVE, POSITIVE
from kosent.corpora.builtin.forms import Table, published, word
from kosent.corpora.spec import CorpusSpec, github_file
from kosent.language import Message

LABELS = {"0": NEGATIVE, "1": POSITIVE}
TRAIN = Table(("ID", "Text", "Label"), "Text", word(2, LABELS))
TEST = Table(
    ("ID", "Label_origin", "Text_origin", "Label", "Text", "Category_neg"),
    "Text",
    word(3, LABELS),
)
_REPOSITORY = "SKT-LSL/KoBEST_datarepo/main"

SPEC = CorpusSpec(
    name="kobest-sentineg",
    language="ko",
    title=Message(
        "상품평의 감성, 평가는 부정문으로 바꾼 글", "product reviews, negated in the test split"
    ),
    task="sentiment",
    metric="macro_f1",
    labels=(NEGATIVE, POSITIVE),
    licence="CC BY-SA 4.0",
    homepage="https://github.com/SKT-LSL/KoBEST_datarepo",
    rows={"train": 3_649, "test": 397},
    aside={"dev": 400},
    files=(
        github_file(
            "kobest/SentiNeg/train.tsv",
            _REPOSITORY,
            "v1.0/SentiNeg/train.tsv",
            "7a79f50d81878073ae2674647f7a0f5097ab723d",
            205_309,
        ),
        github_file(
            "kobest/SentiNeg/test.tsv",
            _REPOSITORY,
            "v1.0/SentiNeg/test.tsv",
            "8c5f02d02cb374dddc2840a42e116351814b9a7e",
            37_016,
        ),
    ),
    read=published(TRAIN, TEST),
)
