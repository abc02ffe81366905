"""A saved model given to others through a hub."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from kosent.bundles import hub
from kosent.bundles.archive import to_archive
from kosent.bundles.hub_card import hub_readme
from kosent.bundles.manifest import MANIFEST, Saved, read_saved
from kosent.bundles.place import SCHEME
from kosent.corpora import CORPORA
from kosent.models.loading import load_predictor
from kosent.support.paths import user_path
from kosent.support.progress import Listener, Silent


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was put on the hub.

    Attributes:
        name: ``owner/name``.
        reference: What :func:`kosent.load` takes.
        url: Address of the commit.
        size: Bytes of the model.
    """

    name: str
    reference: str
    url: str
    size: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


def push(
    path: str | Path,
    name: str,
    *,
    private: bool = True,
    licence: str | None = None,
    message: str = "kosent push",
    listener: Listener | None = None,
) -> Pushed:
    """Put a saved model on the hub, once it has been verified and answers as it was saved.

    Args:
        path: A folder or ``.kosent`` file.
        name: ``owner/name``; a repository that is not there yet is made.
        private: Whether a new repository is to be seen by its owner alone. What a model says of the
            texts that it learned from is for the one to decide who may show them.
        licence: Licence of the model, as hubs name it, such as ``"cc-by-4.0"``.
        message: What the commit says.
        listener: Receives what the licence of the corpus forbids, where it is one that kosent
            knows.

    Raises:
        UsageError: If it is no such name, or the hub refuses this user.
        BundleError: If there is no saved model, or it is damaged.
        DownloadError: If the hub cannot be reached.
        RuntimeSetupError: If ``huggingface_hub`` is not installed.
    """
    hub.check_name(name)
    path = user_path(path)
    load_predictor(path)
    manifest, contents = read_saved(path, _contents)
    info = manifest["info"]
    known = CORPORA.get((info.get("corpus") or {}).get("name") or "")
    if known is not None and known.forbidden:
        for remark in islice(known.remarks(), len(known.forbidden)):
            (listener or Silent()).notice(remark)
    readme = hub_readme(
        name,
        contents["card.md"].decode(),
        info,
        language=known.language if known else "ko",
        licence=licence,
    )
    model = to_archive(contents)
    url = hub.upload(name, model, readme, private=private, message=message)
    return Pushed(name, f"{SCHEME}{name}", url, len(model))


def _contents(saved: Saved) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the manifest, and all files as they are saved, the manifest first."""
    files = {name: saved.read(name) for name in saved.manifest["files"]}
    return saved.manifest, {MANIFEST: saved.content, **files}
