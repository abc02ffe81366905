r"""Naver sentiment movie corpus v1.0 (CC0, github.com/e9t/nsmc): 200,000 short reviews.

A file is ``id\tdocument\tlabel`` without any quoting: a review may begin with a
``"`` that never closes, so a CSV reader with quoting swallows the rows after it.
Exact duplicates stay, as in every published figure.
"""

from __future__ import annotations

from kosent.corpora.base import NEGATIVE, POSITIVE, Split
from kosent.corpora.builtin.forms import Table, gathered, published, word
from kosent.corpora.spec import CorpusSpec, github_file
from kosent.language import Message

COLUMNS = ("id", "document", "label")
HEADER = "\t".join(COLUMNS)
LABELS = {"0": NEGATIVE, "1": POSITIVE}
FORM = Table(COLUMNS, "document", word(2, LABELS))
_REPOSITORY = "e9t/nsmc/master"


def read_rows(text: str, source: str) -> Split:
    """Read one file of the NSMC format.

    Args:
        text: The decoded file.
        source: Its name, for the audit and for messages.

    Returns:
        The split; rows without text, with another number of columns than three or a
        label other than 0 and 1 are in its audit.

    Raises:
        DataError: If the first line is not the header, or no row is usable.
    """
    return gathered(FORM.rows(text, source), source)


SPEC = CorpusSpec(
    name="nsmc",
    language="ko",
    title=Message(
        "네이버 영화평 20만 건 (긍정·부정)", "200,000 Korean movie reviews (positive, negative)"
    ),
    task="sentiment",
    metric="accuracy",
    labels=(NEGATIVE, POSITIVE),
    licence="CC0 1.0",
    homepage="https://github.com/e9t/nsmc",
    rows={"train": 150_000, "test": 50_000},
    files=(
        github_file(
            "nsmc/ratings_train.txt",
            _REPOSITORY,
            "ratings_train.txt",
            "ac0dba272895dc1d0b3dd5f11afbeaeb7abe7876",
            14_628_807,
        ),
        github_file(
            "nsmc/ratings_test.txt",
            _REPOSITORY,
            "ratings_test.txt",
            "b6cfcd8cd1557bcd9bf06617b0e429ed73e9a367",
            4_893_335,
        ),
    ),
    read=published(FORM),
)
