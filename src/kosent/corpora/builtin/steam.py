r"""Steam reviews in Korean (bab2min/corpus, public domain): 100,000 reviews of games.

The file is ``label\ttext`` without a header. It is published without a split, so that
``forms.in_test`` makes one.
"""

from __future__ import annotations

from kosent.corpora.base import NEGATIVE, POSITIVE
from kosent.corpora.builtin.forms import Table, divided, word
from kosent.corpora.spec import CorpusSpec, github_file
from kosent.language import Message

FORM = Table(("label", "text"), "text", word(0, {"0": NEGATIVE, "1": POSITIVE}), header=False)

SPEC = CorpusSpec(
    name="steam",
    language="ko",
    title=Message("Steam 게임평 (긍정·부정)", "Steam reviews of games (positive, negative)"),
    task="sentiment",
    metric="accuracy",
    labels=(NEGATIVE, POSITIVE),
    licence="public domain",
    homepage="https://github.com/bab2min/corpus",
    rows={"train + test": 100_000},
    files=(
        github_file(
            "steam/steam.txt",
            "bab2min/corpus/master",
            "sentiment/steam.txt",
            "358da9142ab212ed3018e5bf53d099a166a31395",
        ),
    ),
    read=divided(FORM),
)
