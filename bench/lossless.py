"""Whether SentencePiece loses anything: every text of a corpus, to pieces and back.

The tokenizer learns from the cleaned training split, as in training, and then every text of both
splits is split and joined again, cleaned by the corpus' preset and only repaired (``none``).

Run: ``KOSENT_DATA=... python bench/lossless.py [CORPUS ...]``; it ends with 1 on any difference.
"""

from __future__ import annotations

import argparse
import sys

import kosent
from kosent.text.cleaning import Cleaner, preset_for
from kosent.text.tokenizers import SentencePiece


def differences(tokenizer: SentencePiece, texts: list[str]) -> int:
    """Count the texts that do not come back; a blank one comes back empty, U+2581 as a space."""
    count = 0
    for text, pieces in zip(texts, tokenizer(texts), strict=True):
        expected = "" if text.isspace() else text.replace("▁", " ")
        count += tokenizer.decode(pieces) != expected
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", default=["nsmc", "imdb"])
    total = 0
    print("corpus   cleaning    texts  different")
    for name in parser.parse_args().corpora:
        corpus = kosent.load_corpus(name)
        preset = preset_for(corpus.language)
        clean = Cleaner(preset)
        tokenizer = SentencePiece().fit([clean(text) for text in corpus.train.texts])
        for cleaning in (preset, "none"):
            texts = [Cleaner(cleaning)(t) for t in corpus.train.texts + corpus.test.texts]
            found = differences(tokenizer, texts)
            total += found
            print(f"{name:8} {cleaning:8} {len(texts):8,} {found:10,}", flush=True)
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
