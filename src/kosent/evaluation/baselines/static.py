"""model2vec: vectors of tokens that were distilled from a sentence encoder, and a linear model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kosent.errors import RuntimeSetupError, UsageError
from kosent.evaluation.baselines.base import Answers, Rival, likeliest
from kosent.language import Message
from kosent.support.paths import user_path

_WEIGHTS = "model.safetensors"


class Model2Vec(Rival):
    """The mean of a text's vectors, from weights that lie on this disk; nothing is downloaded.

    Args:
        folder: A folder that ``StaticModel.save_pretrained`` wrote.
    """

    title = Message("model2vec 벡터 + 로지스틱 회귀", "vectors of model2vec, logistic regression")
    package = "model2vec"
    distribution = "model2vec"

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = None if folder is None else user_path(folder).absolute()

    def check(self) -> None:
        """Refuse to begin without the package or the weights.

        Raises:
            RuntimeSetupError: If the package is missing.
            UsageError: If no folder was named, or it holds no weights.
        """
        if self.folder is None:
            raise UsageError(
                "model2vec의 가중치가 있는 폴더를 지정하세요: --model2vec DIR",
                "name the folder that holds the weights of model2vec: --model2vec DIR",
            )
        if not (self.folder / _WEIGHTS).is_file():
            raise UsageError(
                f"'{self.folder}'에 {_WEIGHTS}가 없습니다",
                f"there is no {_WEIGHTS} in '{self.folder}'",
            )
        try:
            super().check()
        except RuntimeSetupError as error:
            raise RuntimeSetupError(
                "model2vec이 설치되어 있지 않습니다: pip install model2vec",
                "model2vec is not installed: pip install model2vec",
            ) from error

    def settings(self) -> dict[str, Any]:
        """Return the weights' name and checksum."""
        folder = self.folder or Path()
        digest = hashlib.sha256((folder / _WEIGHTS).read_bytes()).hexdigest()
        return {"weights": folder.name, "sha256": digest, "class_weight": "balanced"}

    def fit(self, texts: Sequence[str], labels: Sequence[str], seed: int = 0) -> None:
        """Learn; the seed has no part in it."""
        del seed
        from model2vec import StaticModel
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self.vectors: Any = StaticModel.from_pretrained(str(self.folder))
        linear = LogisticRegression(max_iter=1000, class_weight="balanced")
        self.model: Any = make_pipeline(StandardScaler(), linear)
        self.model.fit(self._encoded(texts), labels)

    def answers(self, texts: Sequence[str]) -> Answers:
        """Return the label of each text and its probability."""
        return likeliest(
            self.model.classes_.tolist(), self.model.predict_proba(self._encoded(texts))
        )

    def save(self, folder: Path) -> None:
        """Write vectors and model below ``folder``."""
        import joblib

        self.vectors.save_pretrained(str(folder / "vectors"))
        joblib.dump(self.model, folder / "model.joblib")

    def _encoded(self, texts: Sequence[str]) -> Any:
        written = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        return self.vectors.encode(written, use_multiprocessing=False)
