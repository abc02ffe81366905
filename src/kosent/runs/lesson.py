"""What a teacher said to a run, and its file: asked once, it teaches all members of an ensemble."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.support.files import write_file

Targets = npt.NDArray[np.float32]

_TEXT, _FACTS = "text", b"kosent"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What ``TextClassifier.fit`` learns beside the labels.

    Attributes:
        targets: Probabilities for the corpus' training texts ``(n, classes)``.
        extra: Texts without labels, and their probabilities.
        facts: What the student's bundle says about it.
    """

    targets: Targets | None = None
    extra: tuple[list[str], Targets] | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write it to a file, equal to the bit: Parquet, a row a text.

        A training text stands there by its place alone, before those without labels.

        Raises:
            RuntimeSetupError: If the disk refuses.
        """
        import pyarrow as pa
        from pyarrow import parquet

        texts, of_texts = self.extra or ([], None)
        taught = 0 if self.targets is None else len(self.targets)
        parts = [part for part in (self.targets, of_texts) if part is not None]
        said = np.concatenate(parts)
        names = [str(number) for number in range(said.shape[1])]
        columns = [pa.array([None] * taught + texts, pa.string()), *map(pa.array, said.T)]
        facts = json.dumps(self.facts, ensure_ascii=False).encode()
        table = pa.table(columns, [_TEXT, *names]).replace_schema_metadata({_FACTS: facts})
        out = io.BytesIO()
        parquet.write_table(table, out)
        write_file(path, out.getvalue())

    @classmethod
    def load(cls, path: Path) -> Lesson:
        """Read what :meth:`save` wrote."""
        from pyarrow import parquet

        table = parquet.read_table(path)
        texts = table[_TEXT].to_pylist()
        said = np.stack([column.to_numpy() for column in table.columns[1:]], axis=1)
        taught = texts.count(None)
        return cls(
            said[:taught] if taught else None,
            (texts[taught:], said[taught:]) if taught < len(texts) else None,
            json.loads(table.schema.metadata[_FACTS]),
        )
