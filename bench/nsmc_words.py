"""The NSMC post's own words: what its code makes of the reviews, and how ours differ.

The post cleans a review, splits it at every single blank with ``split(' ')``, cuts words to five
characters and reviews to 25 words, ranks the words, and leaves out those that are not among the
first 19,999. ``split(' ')`` gives an empty word wherever a cleaned review begins or ends with a
blank, and for a review of nothing. Printed are how many reviews have at most 25 words, the post's
and kosent's; how many have empty ones; and how many have other words in the end because kosent
leaves unknown words out before the cut. ``--picture`` draws the post's plot of the sorted lengths.

Run: ``KOSENT_DATA=... python bench/nsmc_words.py [--picture FILE.png]``. It takes 15 seconds.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

LENGTH, CHARACTERS, KNOWN = 25, 5, 19_999
# The post's expressions in its order, after Kim (2014). It writes "\\?" for "?": the same words.
RULES = [
    (re.compile(expression), replacement)
    for expression, replacement in (
        (r"[^가-힣A-Za-z0-9(),!?'`]", " "),
        *((clitic, f" {clitic}") for clitic in ("'s", "'ve", "n't", "'re", "'d", "'ll")),
        (r"([,!()?])", r" \1 "),
        (r"\s{2,}", " "),
        (r"'{2,}", "'"),
        (r"'", ""),
    )
]


def split(text: str) -> list[str]:
    """Clean a review and split it as the post does, empty words and all."""
    for expression, replacement in RULES:
        text = expression.sub(replacement, text)
    return text.lower().split(" ")


def cut(words: Sequence[str]) -> list[str]:
    """Cut the words to 5 characters, and the review to 25 of them."""
    return [word[:CHARACTERS] for word in words[:LENGTH]]


def ranked(reviews: Iterable[Sequence[str]]) -> dict[str, int]:
    """Return the numbers of the words, the commonest 1; of equals the first to come."""
    counted = Counter(word for words in reviews for word in words)
    return {word: rank for rank, (word, _) in enumerate(counted.most_common(KNOWN), 1)}


def read() -> tuple[list[str], list[int]]:
    """Return all 150,000 reviews and labels of the file, the seven empty ones too, as the post."""
    from kosent.corpora import data_folder

    lines = (data_folder() / "nsmc" / "ratings_train.txt").read_text("utf-8").split("\n")[1:]
    rows = [line.split("\t") for line in lines if "\t" in line]
    return [row[1] for row in rows], [int(row[2]) for row in rows]


def numbered() -> tuple[list[list[int]], list[int]]:
    """Return the reviews as the post's numbers, unknown words left out, and the labels."""
    texts, labels = read()
    reviews = [cut(split(text)) for text in texts]
    numbers = ranked(reviews)
    return [[numbers[word] for word in words if word in numbers] for words in reviews], labels


def others(reviews: Iterable[Sequence[str]], known: Container[str]) -> int:
    """Count the reviews that have other words where unknown ones are left out before the cut."""
    kept = [[(word, word in known) for word in words] for words in reviews]
    return sum(
        [word for word, is_known in words if is_known][:LENGTH]
        != [word for word, is_known in words[:LENGTH] if is_known]
        for words in kept
    )


def picture(lengths: Sequence[int], path: Path) -> None:
    """Draw the post's plot: the lengths of all reviews, from the shortest to the longest."""
    from kosent.plotting.canvas import dress, new_figure
    from kosent.plotting.palette import PALETTES

    palette = PALETTES["light"]
    figure = new_figure(5.4, 3.4, palette)
    axes = figure.subplots()
    axes.plot(sorted(lengths), color=palette.line(0))
    axes.axhline(LENGTH, color=palette.line(1), linestyle="--")
    dress(axes, palette, title="NSMC: split(' ')", x="reviews, sorted", y="words")
    figure.savefig(path, dpi=150, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    from kosent import TextClassifier, load_corpus
    from kosent.recipes import load_recipe

    posts = [split(text) for text in read()[0]]
    lengths = [len(words) for words in posts]
    print(f"the post: {sum(length <= LENGTH for length in lengths):,} of {len(posts):,} reviews")
    empty = Counter(word for words in posts for word in cut(words))
    print(f"with an empty word: {sum('' in words for words in posts):,} reviews")
    print(f"empty words after the cut: {empty['']:,}; the next: {empty.most_common(2)[1]}")
    (classifier,) = load_recipe("nsmc-lstm").classifiers
    encoder = TextClassifier(**classifier).checked()
    train = load_corpus("nsmc").train.texts
    encoder.fit(train[: round(len(train) * (1 - classifier["validation_fraction"]))])
    ours = [encoder.tokenizer([encoder.cleaner(text)])[0] for text in train]
    short = sum(0 < len(words) <= LENGTH for words in ours)
    print(
        f"kosent: {short:,} of {len(ours):,}, and {sum(not words for words in ours)} without a word"
    )
    print(f"other words by the order of cutting: {others(ours, encoder.vocabulary):,} reviews")
    if options.picture:
        picture(lengths, options.picture)


if __name__ == "__main__":
    main()
