"""The docs' figures of explanations: time, faithfulness by deletion and insertion, additivity.

Faithfulness: of each review the parts that speak most for its predicted class are left out, the
first, the first two and so on, and the probability of that class is compared with what leaving out
as many parts by chance does (mean of five draws). For insertion the parts are put into an empty
text instead. Run:

    KOSENT_DATA=... python bench/explanations.py [--rows 1000] [--bundle PATH] [--only NAME ...]

``--bundle`` is the packaged model without it. Names are the methods, ``sentences`` for ten
sentences with negation and irony, and ``contexts`` for what is lost by the two contexts of long
texts: the same for reviews of 8 to 16 parts, for which the full tree is there.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

import kosent
from kosent.explanation import shapley
from kosent.explanation.explanation import Explanation
from kosent.explanation.parts import Layout, layout
from kosent.models.loading import load_predictor
from kosent.models.pretrained import pretrained_path
from kosent.prediction.predictor import Predictor

METHODS = ("linear", "shapley", "leave-one-out")
STEPS = 5
DRAWS = 5
SENTENCES = (
    ("연기는 별로 안 좋았다", "negative"),
    ("재미 없지 않다", "positive"),
    ("기대를 안 했는데 안 봤으면 후회할 뻔했다", "positive"),
    ("지루할 틈이 없다", "positive"),
    ("이보다 더 나쁠 수 없다", "negative"),
    ("이보다 더 좋을 수 없다", "positive"),
    ("참 대단하다 두 시간을 이렇게 버리게 하다니", "negative"),
    ("잠이 안 올 때 보면 딱 좋은 영화", "negative"),
    ("감독님 다음 생에는 영화 말고 다른 일 하세요", "negative"),
    ("배우들 연기만 아니었으면 끝까지 못 봤다", "negative"),
)

Floats = npt.NDArray[np.float64]


def explained(model: Predictor, texts: list[str], method: str) -> list[Explanation]:
    """Explain and print what that took, and how well it adds up."""
    model.explain(texts[:50], method=method)
    started = time.perf_counter()
    found = model.explain(texts, method=method)
    seconds = time.perf_counter() - started
    asked = [each.evaluations for each in found]
    residuals = np.abs([each.residual[each.label] for each in found])
    print(
        f"{method}: {len(texts):,} texts in {seconds:.1f} s, {len(texts) / seconds:,.0f} texts/s; "
        f"asked about {np.mean(asked):.1f} a text, at most {max(asked):,}; "
        f"residual mean {residuals.mean():.2g}, largest {residuals.max():.2g}"
    )
    return found


def orders(found: Explanation, random: np.random.Generator) -> list[list[int]]:
    """Return the parts by what they add, the most first, and some orders by chance."""
    values = [part.contributions[found.label] for part in found.parts]
    size = len(values)
    by_chance = [random.permutation(size).tolist() for _ in range(DRAWS)]
    return [sorted(range(size), key=lambda part: -values[part]), *by_chance]


def curves(model: Predictor, found: Sequence[Explanation]) -> None:
    """Print the mean probability after leaving out, and after putting in, some parts."""
    random = np.random.default_rng(0)
    layouts = [layout(each.text, 256) for each in found]
    ranked = [orders(each, random) for each in found]
    print("| parts | reviews | left out: by explanation | by chance | put in | by chance |")
    print("|---|---|---|---|---|---|")
    for step in range(1, STEPS + 1):
        rows = [row for row, each in enumerate(layouts) if len(each) > step]
        masks = [[sum(1 << part for part in order[:step]) for order in ranked[row]] for row in rows]
        chosen = [layouts[row] for row in rows]
        labels = [found[row].label for row in rows]
        out = after(
            model,
            chosen,
            [
                [each.everything & ~mask for mask in own]
                for each, own in zip(chosen, masks, strict=True)
            ],
            labels,
        )
        into = after(model, chosen, masks, labels)
        cells = [f"{side[:, 0].mean():.4f} | {side[:, 1:].mean():.4f}" for side in (out, into)]
        print(f"| {step} | {len(rows):,} | {' | '.join(cells)} |")
        if step == 1:
            before = np.array([found[row].probabilities[found[row].label] for row in rows])
            first = change(before, out)
    print(first)


def after(
    model: Predictor, chosen: Sequence[Layout], masks: list[list[int]], labels: list[str]
) -> Floats:
    """Return the probability of each text's label with parts by each order ``(n, 1 + DRAWS)``."""
    texts = [each.kept(mask) for each, own in zip(chosen, masks, strict=True) for mask in own]
    names = [str(label) for label in model.classes_.tolist()]
    columns = np.array([names.index(label) for label in labels])
    found = model.predict_all(texts).probabilities.reshape(len(chosen), 1 + DRAWS, -1)
    picked: Floats = found[np.arange(len(chosen)), :, columns].astype(np.float64)
    return picked


def change(before: Floats, out: Floats) -> str:
    """Tell what leaving out one part changes, and the paired difference with its 95 % interval."""
    ours, chance = out[:, 0] - before, out[:, 1:].mean(axis=1) - before
    paired = ours - chance
    half = 1.96 * paired.std(ddof=1) / np.sqrt(len(paired))
    mean, low, high = paired.mean(), paired.mean() - half, paired.mean() + half
    return (
        f"one part left out: {ours.mean():+.4f} by explanation, {chance.mean():+.4f} by chance, "
        f"difference {mean:+.4f} [{low:+.4f}, {high:+.4f}]"
    )


def sentences(model: Predictor) -> None:
    """Print what the model says of the ten sentences, and why."""
    for found, (text, truth) in zip(
        model.explain([text for text, _ in SENTENCES]), SENTENCES, strict=True
    ):
        parts = ", ".join(
            f"{part.text} {part.contributions['positive']:+.1f}" for part in found.parts
        )
        mark = "" if found.label == truth else " (wrong)"
        print(f"| {text} | {found.label} {found.probabilities[found.label]:.2f}{mark} | {parts} |")


def contexts(model: Predictor, texts: Sequence[str]) -> None:
    """Compare Shapley values of the full tree with those in two contexts."""
    middling = [text for text in texts if 8 <= len(layout(text, 256)) <= 16]
    full = explained(model, middling, "shapley")
    before, shapley.FULL_TREE = shapley.FULL_TREE, 0
    try:
        two = explained(model, middling, "shapley")
    finally:
        shapley.FULL_TREE = before
    pairs = [
        [[part.contributions[each.label] for part in each.parts] for each in pair]
        for pair in zip(full, two, strict=True)
    ]
    alike = np.mean([np.corrcoef(one, other)[0, 1] for one, other in pairs])
    first = np.mean([np.argmax(one) == np.argmax(other) for one, other in pairs])
    print(f"two contexts: correlation {alike:.3f}, the same part first in {first:.1%}")
    curves(model, full)
    curves(model, two)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--bundle", default=str(pretrained_path()))
    parser.add_argument("--only", nargs="*", default=[*METHODS[1:], "sentences"])
    given = parser.parse_args()
    model = load_predictor(given.bundle)
    test = kosent.load_corpus("nsmc").test
    rows = np.random.default_rng(0).permutation(len(test))[: given.rows]
    texts = [test.texts[row] for row in rows]
    for name in given.only:
        if name == "sentences":
            sentences(model)
        elif name == "contexts":
            contexts(model, texts)
        else:
            curves(model, explained(model, texts, name))


if __name__ == "__main__":
    main()
