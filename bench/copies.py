"""Test texts that a model may have learned: how many there are, and what it has on them.

Of a corpus: rows whose text stands in an earlier one, texts of several labels, in both splits
together, and test texts that stand in train too. Two texts are the same where they are equal in NFC
with every run of white space as one blank (``kosent.corpora.copies``). With a bundle, its accuracy
on those test texts and on the others.

``--cleaned`` compares texts as the bundle cleans them, without blanks, and with ``--learned
nsmc-raw`` those that the packaged model learned from: the crawl leaves out the test split's texts
as they stand, before cleaning.

Run: ``KOSENT_DATA=... python bench/copies.py [--corpus NAME] [--learned NAME] [--bundle PATH |
--pretrained] [--cleaned]``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

import kosent
from kosent.corpora.base import Corpus
from kosent.corpora.copies import text_key
from kosent.models import Ensemble

Key = Callable[[str], str]


def count(corpus: Corpus) -> None:
    """Print what stands in a corpus more than once."""
    assert corpus.test is not None
    labels: dict[str, set[str]] = {}
    for split in (corpus.train, corpus.test):
        for text, label in zip(split.texts, split.labels, strict=True):
            labels.setdefault(text_key(text), set()).add(label)
    rows = len(corpus.train) + len(corpus.test)
    repeated = rows - len(labels)
    several = sum(len(each) > 1 for each in labels.values())
    print(
        f"both splits: {repeated:,} of {rows:,} rows repeat an earlier text ({repeated / rows:.1%})"
    )
    print(f"both splits: {several:,} texts have several labels")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", default="nsmc")
    parser.add_argument("--learned", help="whose training split was learned (default: --corpus)")
    model_of = parser.add_mutually_exclusive_group()
    model_of.add_argument("--bundle")
    model_of.add_argument("--pretrained", action="store_true", help="the packaged model")
    parser.add_argument("--cleaned", action="store_true")
    given = parser.parse_args()
    corpus = kosent.load_corpus(given.corpus)
    assert corpus.test is not None
    count(corpus)
    model = None
    if given.bundle or given.pretrained:
        model = kosent.load(given.bundle) if given.bundle else kosent.load_pretrained()
    key: Key = text_key
    if given.cleaned:
        if model is None:
            parser.error("--cleaned needs a model, whose cleaning it is")
        first = model.members_[0] if isinstance(model, Ensemble) else model
        clean = first.encoder_.cleaner

        def key(text: str) -> str:
            return "".join(clean(text).split())

    train = kosent.load_corpus(given.learned).train if given.learned else corpus.train
    learned = {key(text) for text in train.texts}
    known = np.array([key(text) in learned for text in corpus.test.texts])
    print(f"{known.sum():,} of {len(known):,} test texts stand in the training split")
    if model is not None:
        right = model.predict(corpus.test.texts) == np.array(corpus.test.labels)
        print(
            f"accuracy on them {right[known].mean():.4f}, on the others {right[~known].mean():.4f},"
            f" on all {right.mean():.4f}"
        )


if __name__ == "__main__":
    main()
