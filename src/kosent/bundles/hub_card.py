"""The header that hubs read at the top of a model's README: language, licence, figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# Figures of a report by the names that hubs know them by.
_METRICS = {
    "accuracy": "accuracy",
    "macro_f1": "f1 (macro)",
    "micro_f1": "f1 (micro)",
    "lrap": "label ranking average precision",
}
USE = """\
```python
import kosent

model = kosent.load("hf:{name}")  # pip install 'kosent[hub]'
model.predict(["..."])
```
"""


def hub_readme(
    name: str,
    card: str,
    info: Mapping[str, Any],
    *,
    language: str = "ko",
    licence: str | None = None,
) -> str:
    """Return what stands beside a model on a hub: its header, how to load it, its card.

    Args:
        name: ``owner/name``.
        card: The model's card.
        info: Where the model comes from, as saved.
        language: Language of the texts, as hubs name it.
        licence: Licence of the model, as hubs name it; nothing is said without one.
    """
    several = "lrap" in info["validation"]
    header: dict[str, Any] = {
        "language": [language],
        "library_name": "kosent",
        "pipeline_tag": "text-classification",
        "tags": ["text-classification", *(["multi-label"] if several else [])],
        **({"license": licence} if licence else {}),
        "model-index": [{"name": name.split("/")[-1], "results": _results(info)}],
    }
    # What JSON writes YAML reads, whatever stands in it.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=True)}" for key, value in header.items()]
    return "\n".join(["---", *lines, "---", "", card.strip(), "", USE.format(name=name)])


def _results(info: Mapping[str, Any]) -> list[dict[str, Any]]:
    corpus = str((info.get("corpus") or {}).get("name") or "unnamed").replace("\\", "/")
    short = corpus.rstrip("/").split("/")[-1]  # no folder of the machine that trained it
    parts = {"validation": info["validation"], "test": info.get("test")}
    return [
        {
            "task": {"type": "text-classification"},
            "dataset": {"type": short, "name": short, "split": part},
            "metrics": [
                {"type": kind, "value": round(figures[figure], 4)}
                for figure, kind in _METRICS.items()
                if figure in figures
            ],
        }
        for part, figures in parts.items()
        if figures
    ]
