r"""3i4K (Cho et al. 2018, CC BY-SA 4.0): 61,255 Korean utterances of seven kinds.

A file is ``label\ttext`` without a header. 617 texts of the test split stand in train too.
"""

from __future__ import annotations

from kosent.corpora.builtin.forms import Table, published, word
from kosent.corpora.spec import CorpusSpec, github_file
from kosent.language import Message

LABELS = {
    "0": "fragment",
    "1": "statement",
    "2": "question",
    "3": "command",
    "4": "rhetorical question",
    "5": "rhetorical command",
    "6": "intonation-dependent utterance",
}
FORM = Table(("label", "text"), "text", word(0, LABELS), header=False)
_REPOSITORY = "warnikchow/3i4k/master"
_FOLDER = "data/train_val_test"

SPEC = CorpusSpec(
    name="3i4k",
    language="ko",
    title=Message("한국어 발화의 의도 7가지", "seven kinds of Korean utterances"),
    task="speech act",
    metric="accuracy",
    labels=tuple(LABELS.values()),
    licence="CC BY-SA 4.0",
    homepage="https://github.com/warnikchow/3i4k",
    rows={"train": 55_134, "test": 6_121},
    files=(
        github_file(
            "3i4k/fci_train_val.txt",
            _REPOSITORY,
            f"{_FOLDER}/fci_train_val.txt",
            "3d0453e8bbddf517844e1db4faad56f487800fdf",
            2_661_060,
        ),
        github_file(
            "3i4k/fci_test.txt",
            _REPOSITORY,
            f"{_FOLDER}/fci_test.txt",
            "3760dce83f1fa5a64b9baceba1d4381075888543",
            295_054,
        ),
    ),
    read=published(FORM),
)
