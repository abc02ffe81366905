"""A smaller set of rows that keeps the classes in proportion."""

from __future__ import annotations

from collections.abc import Sequence


def stratified(labels: Sequence[str], rows: int, seed: int) -> list[int]:
    """Choose rows at random, each class by its share.

    Args:
        labels: The label of each row.
        rows: How many to choose, below ``len(labels)``.
        seed: The same seed gives the same rows.

    Returns:
        Indices in ascending order. Every class keeps at least one row where there are
        enough, so that a small subset can still be trained on.
    """
    import numpy as np

    members: dict[str, list[int]] = {}
    for index, label in enumerate(labels):
        members.setdefault(label, []).append(index)
    quotas = _quotas({name: len(indices) for name, indices in sorted(members.items())}, rows)
    generator = np.random.default_rng(seed)
    chosen: list[int] = []
    for name, quota in quotas.items():
        picked = generator.permutation(len(members[name]))[:quota]
        chosen.extend(members[name][i] for i in picked.tolist())
    return sorted(chosen)


def _quotas(sizes: dict[str, int], rows: int) -> dict[str, int]:
    """Share ``rows`` out by class size: largest remainders, then one each for the smallest."""
    total = sum(sizes.values())
    quotas = {name: rows * size // total for name, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: -(rows * sizes[name] % total))
    for name in by_remainder[: rows - sum(quotas.values())]:
        quotas[name] += 1
    if rows >= len(sizes):
        for name in [name for name, quota in quotas.items() if quota == 0]:
            quotas[max(quotas, key=lambda other: quotas[other])] -= 1
            quotas[name] = 1
    return quotas
