"""Which texts the packaged model of reviews has learned from: makes the filter that goes with it.

They are those of the corpus ``nsmc-raw``, held-out ones too, and of ``--texts`` those that are not
in that corpus. Run: ``python bench/seen.py --texts raw_reviews.tsv.gz --out reviews.seen``
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kosent import load_corpus
from kosent.models.pretrained.seen import filter_of
from kosent.runs.distillation import new_texts
from kosent.support.progress import Silent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", default="nsmc-raw")
    parser.add_argument("--texts", required=True, help="what the model learned without labels")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    corpus = load_corpus(given.corpus)
    more, _ = new_texts(given.texts, corpus, Silent())
    texts = [*corpus.train.texts, *more]
    content = filter_of(texts)
    given.out.write_bytes(content)
    print(f"{len(texts):,} texts, {len(content):,} bytes")


if __name__ == "__main__":
    main()
