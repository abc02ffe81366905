"""Saved models on a model hub: ``hf:owner/name``, by the package ``huggingface_hub``.

A repository holds a model as one file, ``model.kosent``, beside a README that hubs read. What comes
from there is a stranger's file like any other: nothing of it is run, and it is verified when it is
read. Tokens, caches and the address of the hub are those of ``huggingface_hub`` (``HF_TOKEN``,
``HF_HOME``, ``HF_ENDPOINT``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kosent.errors import BundleError, DownloadError, KosentError, RuntimeSetupError, UsageError
from kosent.support.version import __version__

MODEL_FILE, README = "model.kosent", "README.md"
_PART = r"[A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_])?"
_NAME = re.compile(f"{_PART}/{_PART}", re.ASCII)


def fetch(reference: str) -> Path:
    """Return the file of a model of the hub, downloaded unless it is in the cache already.

    Args:
        reference: ``owner/name`` or ``owner/name@revision``.

    Raises:
        UsageError: If it is no such name.
        BundleError: If the hub has no such model, or does not show it to this user.
        DownloadError: If the hub cannot be reached.
        RuntimeSetupError: If ``huggingface_hub`` is not installed.
    """
    name, _, revision = reference.partition("@")
    check_name(name)
    _require()
    from huggingface_hub import HfApi

    api = HfApi(library_name="kosent", library_version=__version__)
    with _refusals(name):
        return Path(str(api.hf_hub_download(name, MODEL_FILE, revision=revision or None)))


def upload(name: str, model: bytes, readme: str, *, private: bool, message: str) -> str:
    """Put a model on the hub, in one commit; its repository is made where there is none.

    Args:
        name: ``owner/name``.
        model: The content of its ``.kosent`` file.
        readme: Its card, with the header that hubs read.
        private: Whether a new repository is to be seen by its owner alone.
        message: What the commit says.

    Returns:
        The address of the commit.

    Raises:
        UsageError: If it is no such name, or the hub refuses this user.
        DownloadError: If the hub cannot be reached.
        RuntimeSetupError: If ``huggingface_hub`` is not installed.
    """
    check_name(name)
    _require()
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi(library_name="kosent", library_version=__version__)
    files = {MODEL_FILE: model, README: readme.encode()}
    operations = [CommitOperationAdd(path, content) for path, content in files.items()]
    with _refusals(name):
        api.create_repo(name, private=private, exist_ok=True)
        done = api.create_commit(name, operations, commit_message=message)
    return str(done.commit_url)


def check_name(name: str) -> None:
    """Refuse what names no repository.

    Raises:
        UsageError: If it is not ``owner/name``.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"허브의 모델은 owner/name 꼴이어야 합니다: {name!r}",
            f"a model of the hub is named owner/name. Received: {name!r}",
        )


def _require() -> None:
    from importlib.util import find_spec

    if find_spec("huggingface_hub") is None:
        raise RuntimeSetupError(
            "허브에는 huggingface_hub가 필요합니다: pip install 'kosent[hub]'",
            "the hub needs huggingface_hub: pip install 'kosent[hub]'",
        )


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Turn what the hub refuses into one line."""
    try:
        yield
    except KosentError:
        raise
    except Exception as error:
        refused = _refused(name, error)
        if refused is None:
            raise
        raise refused from error


def _refused(name: str, error: Exception) -> KosentError | None:
    from huggingface_hub import errors

    missing = isinstance(error, errors.EntryNotFoundError)
    if missing and not isinstance(error, errors.LocalEntryNotFoundError):
        return BundleError(
            f"허브의 '{name}'에는 {MODEL_FILE}이 없습니다. kosent push로 올린 모델이 아닙니다",
            f"'{name}' of the hub has no {MODEL_FILE}; it was not put there by kosent push",
        )
    if isinstance(error, errors.RepositoryNotFoundError | errors.RevisionNotFoundError):
        return BundleError(
            f"허브에 '{name}' 모델이나 그 판이 없거나, 보일 권한이 없습니다. 이름과 HF_TOKEN을 "
            "확인하세요",
            f"the hub has no model '{name}' of that revision, or does not show it to you; check "
            "the name and HF_TOKEN",
        )
    if isinstance(error, errors.HFValidationError):
        return UsageError(
            f"허브가 받지 않는 이름입니다: {name!r} ({error})",
            f"the hub takes no such name: {name!r} ({error})",
        )
    code = getattr(getattr(error, "response", None), "status_code", None)
    if code in (401, 403) or isinstance(error, errors.LocalTokenNotFoundError):
        return UsageError(
            f"허브가 거절했습니다 ('{name}'). 쓸 수 있는 토큰을 HF_TOKEN에 두거나 hf auth login을 "
            "하세요",
            f"the hub refuses ('{name}'); put a token that may write there into HF_TOKEN, or run "
            "hf auth login",
        )
    if code is not None or _unreached(error):
        reason = str(error).strip().split("\n")[0][:200] or type(error).__name__
        return DownloadError(
            f"허브에 닿지 못했습니다 ({reason}). 잠시 뒤 다시 하세요",
            f"the hub cannot be reached ({reason}); try again later",
        )
    return None


def _unreached(error: Exception) -> bool:
    """Tell whether it is the way to the hub that failed."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    package = type(error).__module__.partition(".")[0]  # what it asks with depends on its version
    own = package.startswith(("httpx", "requests"))
    return own or isinstance(error, LocalEntryNotFoundError | OSError)
