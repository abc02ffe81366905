"""What ``kosent inspect --top`` shows."""

from __future__ import annotations

from pathlib import Path

from kosent.evaluation.top_ngrams import TopNgrams, top_ngrams
from kosent.language import said
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.tables import table

_SPACE = "␣"  # a space that is part of an n-gram is to be seen


def show(path: Path, number: int, corpus: str | None, as_json: bool) -> None:
    """Print the n-grams that speak most for each label.

    Args:
        path: A saved model.
        number: How many of each label.
        corpus: Where they are looked for.
        as_json: Print JSON.
    """
    found = top_ngrams(path, number, corpus)
    if as_json:
        emit_json([member.to_dict() for member in found])
    else:
        emit_lines([line for member in found for line in _lines(member)])


def _lines(member: TopNgrams) -> list[str]:
    lines = [f"{member.tokenizer}  {said('무게', 'weight')} {member.weight:.3f}"]
    for label, ngrams in member.labels.items():
        rows = [[label, said("점수", "score"), said("번", "times")]]
        rows += [
            [each.ngram.replace(" ", _SPACE), f"{each.score:+.2f}", f"{each.count:,}"]
            for each in ngrams
        ]
        lines += [*table(rows, right=(1, 2)), ""]
    return lines
