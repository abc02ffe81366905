"""fastText (Joulin et al. 2017) with word pairs and character n-grams.

One thread: several write over each other, and no two runs are alike then. Its seconds are those of
one thread.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from kosent.corpora.copies import first_copies
from kosent.errors import RuntimeSetupError
from kosent.evaluation.baselines.base import Answers, Rival
from kosent.language import Message
from kosent.training.splits import hold_out

_MARK = "__label__"
_TUNED = ("epoch", "lr", "wordNgrams")


class FastText(Rival):
    """fastText with its own learning rate and epochs."""

    title = Message("fastText, 낱말 1-2개와 글자 1-4개", "fastText, words 1-2 and characters 1-4")
    package = "fasttext"
    distribution = "fasttext-community"
    seeded = True
    buckets = 2_000_000  # fastText's default: 800 MB for as many n-grams
    learned: ClassVar[Mapping[str, Any]] = {"wordNgrams": 2, "epoch": 5}
    _characters: ClassVar[Mapping[str, int]] = {"minn": 1, "maxn": 4}

    def check(self) -> None:
        """Refuse to begin where fastText is missing."""
        try:
            super().check()
        except RuntimeSetupError as error:
            raise RuntimeSetupError(
                "fastText가 설치되어 있지 않습니다: pip install 'kosent[bench]'",
                "fastText is not installed: pip install 'kosent[bench]'",
            ) from error

    def settings(self) -> dict[str, Any]:
        """Return fastText's arguments."""
        fixed = {"bucket": self.buckets, "thread": 1, "shuffled": True}
        return {**self._characters, **self.learned, **fixed}

    def fit(self, texts: Sequence[str], labels: Sequence[str], seed: int = 0) -> None:
        """Learn."""
        self.names = sorted(set(labels))
        texts, labels = _shuffled(texts, labels, seed)
        with tempfile.TemporaryDirectory() as folder:
            path = self._written(Path(folder, "train.txt"), texts, labels)
            self.model = self._trained(path, seed, **self.learned)

    def answers(self, texts: Sequence[str]) -> Answers:
        """Return the label of each text and its probability."""
        labels, shares = self.model.predict([_line(text) for text in texts])
        names = [self.names[int(label.removeprefix(_MARK))] for (label,) in labels]
        return Answers(names, np.clip(np.array(shares, np.float32).reshape(-1), 0, 1))

    def save(self, folder: Path) -> None:
        """Write the model below ``folder``."""
        self.model.save_model(str(folder / "model.bin"))

    def _trained(self, path: Path, seed: int, **arguments: Any) -> Any:
        import fasttext

        fixed = {**self._characters, "bucket": self.buckets, "thread": 1, "verbose": 0}
        return fasttext.train_supervised(str(path), seed=seed, **fixed, **arguments)

    def _written(self, path: Path, texts: Sequence[str], labels: Sequence[str]) -> Path:
        number = {name: place for place, name in enumerate(self.names)}
        rows = zip(texts, labels, strict=True)
        lines = (f"{_MARK}{number[label]} {_line(text)}\n" for text, label in rows)
        path.write_text("".join(lines), "utf-8")
        return path


class FastText5(FastText):
    """The learning rate that its authors name for small corpora."""

    title = Message("fastText, 학습률 0.5, 에포크 5", "fastText, learning rate 0.5, 5 epochs")
    learned: ClassVar[Mapping[str, Any]] = {**FastText.learned, "lr": 0.5}


class FastText25(FastText):
    """As many epochs as its authors' tutorial ends with."""

    title = Message("fastText, 학습률 0.5, 에포크 25", "fastText, learning rate 0.5, 25 epochs")
    learned: ClassVar[Mapping[str, Any]] = {**FastText.learned, "lr": 0.5, "epoch": 25}


class FastTextAutotune(FastText):
    """Epochs, learning rate and word n-grams as fastText's own search finds them.

    The search scores a tenth of the training texts that is held out; the model is trained on all
    of them then. Its size and character n-grams are fixed: they may grow to 40 GB else, and
    fastText tries no n-grams below two characters. The search ends by the clock, so its outcome
    depends on the machine.
    """

    title = Message("fastText, 스스로 찾은 설정", "fastText, its own search of settings")
    duration = 60  # seconds

    def settings(self) -> dict[str, Any]:
        """Return fastText's arguments, and how long it searches."""
        fixed = {**self._characters, "bucket": self.buckets, "dim": 100, "thread": 1}
        return {**fixed, "shuffled": True, "autotuneDuration": self.duration, "held_out": 0.1}

    def fit(self, texts: Sequence[str], labels: Sequence[str], seed: int = 0) -> None:
        """Search, and learn."""
        names = np.unique(labels)
        self.names = names.tolist()
        texts, labels = _shuffled(texts, labels, seed)
        numbers = np.searchsorted(names, labels)
        copies = first_copies(texts)
        parts = hold_out(numbers.astype(np.int32), 0.1, seed, copies=copies)
        with tempfile.TemporaryDirectory() as folder:
            train, held = (
                self._written(
                    Path(folder, name), [texts[row] for row in rows], [labels[row] for row in rows]
                )
                for name, rows in zip(("train.txt", "held.txt"), parts, strict=True)
            )
            found = self._trained(
                train,
                seed,
                dim=100,
                autotuneValidationFile=str(held),
                autotuneDuration=self.duration,
            ).f.getArgs()
            best = {name: getattr(found, name) for name in _TUNED}
            path = self._written(Path(folder, "all.txt"), texts, labels)
            self.model = self._trained(path, seed, dim=100, loss="softmax", **best)


def _shuffled(
    texts: Sequence[str], labels: Sequence[str], seed: int
) -> tuple[list[str], list[str]]:
    """Return the rows in another order: fastText takes them as they come, each epoch anew.

    On a file that is sorted by label it learns the last one: a macro F1 of .31 instead of .83 on
    questions of three labels.
    """
    order = np.random.default_rng(seed).permutation(len(texts))
    return [texts[row] for row in order], [labels[row] for row in order]


def _line(text: str) -> str:
    """Write a text on one line, as UTF-8 can hold it."""
    return " ".join(text.split()).encode("utf-8", "replace").decode("utf-8")
