"""장 4. 문이 둘이면 / what a second door from text to ids does.

The NSMC post follows one sentence word by word: "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고
돈이 아까웠다". It cleaned its training texts but not this sentence, so that "실망했다." with its
full stop is no word it knows, and the word that says it all changes nothing. In kosent the cleaning
is a part of the encoder that travels with the weights. Below is the same trained model twice: as
it was saved, and with the cleaning taken out.

Run: ``kosent train --recipe nsmc-lstm``, then ``python examples/one_door.py runs/.../bundle``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import kosent
from kosent.text.cleaning import Cleaner

SENTENCE = "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다"


class Step(NamedTuple):
    """A prefix of the sentence.

    Attributes:
        word: Its last word.
        cleaned: The probability of each class, by kosent's one door.
        uncleaned: The same, were the sentence not cleaned.
        unknown: Whether the word is unknown when it is not cleaned.
    """

    word: str
    cleaned: list[float]
    uncleaned: list[float]
    unknown: bool


def walk(bundle: Path, sentence: str) -> tuple[list[str], list[Step]]:
    """Return the labels, and every prefix with its probabilities by both doors."""
    one, other = kosent.load(bundle), kosent.load(bundle)
    other.encoder_.cleaner = Cleaner("none")
    max_chars = one.encoder_.tokenizer.state().settings.get("max_chars")
    steps = []
    for (prefix, with_it), (_, without) in zip(
        one.trace(sentence), other.trace(sentence), strict=True
    ):
        word = prefix.split()[-1]
        unknown = word[:max_chars] not in other.encoder_.vocabulary
        steps.append(Step(word, with_it.tolist(), without.tolist(), unknown))
    return [str(label) for label in one.classes_], steps


def main(arguments: list[str] | None = None) -> None:
    """Print the walk as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path, help="a model of whole words, such as nsmc-lstm")
    parser.add_argument("--text", default=SENTENCE)
    options = parser.parse_args(arguments)
    labels, steps = walk(options.bundle, options.text)
    heads = ["", *labels, *(f"{label}, 정제 없이 / not cleaned" for label in labels), ""]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for step in steps:
        figures = [f"{value:.4f}" for value in (*step.cleaned, *step.uncleaned)]
        said = "모르는 낱말 / unknown" if step.unknown else ""
        print(f"| {' | '.join([step.word, *figures, said])} |")


if __name__ == "__main__":
    main()
