"""What every tokenizer is."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from kosent.errors import BundleError, UsageError

if TYPE_CHECKING:
    from kosent.text.codes import Seed


@dataclass(frozen=True)
class TokenizerState:
    """Everything needed to rebuild a tokenizer: plain data, no code.

    Attributes:
        name: Its row in ``TOKENIZERS``.
        settings: The constructor's arguments, as JSON values.
        files: What it learned, by file name.
    """

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


class Tokenizer(ABC):
    """Splits texts into tokens.

    The contract, which ``tests/contracts/test_tokenizers.py`` holds every tokenizer to: any ``str``
    is accepted, tokens are never empty, the same text gives the same tokens alone or in a batch,
    a blank text gives no token, and apart from white space nothing is lost unless a setting says
    so. It pickles, and may be called from threads.

    A subclass stores its constructor's arguments under their own names.

    Attributes:
        name: Its row in ``TOKENIZERS``.
        packages: The distributions whose version decides the tokens.
        paths: The settings that name files. What these hold travels in the tokenizer's own files;
            the names never do.
    """

    name: ClassVar[str]
    packages: ClassVar[tuple[str, ...]] = ()
    paths: ClassVar[tuple[str, ...]] = ()

    def fit(self, texts: Iterable[str]) -> Self:
        """Learn from the training texts; most tokenizers have nothing to learn."""
        del texts
        return self

    def __call__(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its tokens.

        Raises:
            UsageError: If ``texts`` is a single string, whose characters would pass as texts.
        """
        if isinstance(texts, str):
            raise UsageError(
                "텍스트 하나가 아니라 텍스트의 목록을 주세요: [텍스트]",
                "give a list of texts instead of a single one: [text]",
            )
        return self.split(texts)

    @abstractmethod
    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text of a list into its tokens; what a subclass has to write."""

    def pieces(self) -> list[str] | None:
        """Return the tokenizer's own closed vocabulary in the order of ids, if it has one."""
        return None

    def identity(self) -> list[str]:
        """Return what beside :meth:`state` decides the tokens: versions of the libraries used."""
        from importlib.metadata import version

        return [f"{name} {version(name)}" for name in self.packages]

    def ids(self, texts: Sequence[str]) -> list[list[int]] | None:
        """Return the places in :meth:`pieces` of each text's tokens, where that is quicker.

        ``None`` says that the tokens have to be looked up.
        """
        del texts
        return None

    def characters(self, texts: Sequence[str]) -> list[str] | None:
        """Return texts whose characters are the tokens; ``None`` where tokens are longer."""
        del texts
        return None

    @property
    def draws(self) -> bool:
        """Whether :meth:`sample` draws, with the settings as they are."""
        return False

    def sample(self, texts: Sequence[str], seed: Seed) -> list[list[int]] | None:
        """Return places in :meth:`pieces` as :meth:`ids`, of a tokenization drawn at random.

        Only for training. A text and the seed, whole numbers from 0 on, decide what it gets,
        whatever process, batch and order. ``None`` where nothing is drawn (:attr:`draws`).
        """
        del texts, seed
        return None

    def state(self) -> TokenizerState:
        """Return what :func:`kosent.text.tokenizers.restore` needs to build an equal tokenizer."""
        settings = {name: getattr(self, name) for name in self.setting_names()}
        settings |= dict.fromkeys(self.paths)
        return TokenizerState(self.name, settings, self._files())

    @classmethod
    def setting_names(cls) -> tuple[str, ...]:
        """Return the names of the settings, which are the constructor's arguments."""
        return tuple(inspect.signature(cls).parameters)

    def _files(self) -> dict[str, bytes]:
        return {}

    def _load_files(self, files: dict[str, bytes]) -> None:
        """Take over what an equal tokenizer had learned.

        Raises:
            BundleError: If the files are not this tokenizer's.
        """
        if files:
            raise BundleError(
                f"'{self.name}' 토크나이저에는 파일이 없어야 합니다: {', '.join(sorted(files))}",
                f"the tokenizer {self.name!r} has no files of its own: {', '.join(sorted(files))}",
            )
