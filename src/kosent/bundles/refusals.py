"""Errors of saved models that cannot be read; only who meets one loads them."""

from __future__ import annotations

from pathlib import Path

from kosent.bundles.manifest import damaged
from kosent.errors import BundleError


def newer(path: Path, version: int, known: int) -> BundleError:
    """Build the error for a saved model of a newer format."""
    return BundleError(
        f"'{path}'은(는) 더 새로운 kosent의 모델입니다 (형식 {version}, 이 버전은 "
        f"{known}까지). kosent를 업그레이드하세요",
        f"'{path}' was saved by a newer kosent (format {version}, this one reads up to "
        f"{known}); upgrade kosent",
    )


def other_kind(path: Path, *, is_ensemble: bool) -> BundleError:
    """Build the error for a saved model of the other kind than the one asked for."""
    if is_ensemble:
        return BundleError(
            f"'{path}'은(는) 여러 모델을 모은 앙상블입니다. kosent.load로 읽으세요. 신경망 하나를 "
            "들여다보는 일은 할 수 없습니다",
            f"'{path}' is an ensemble of several models; kosent.load reads it, and what looks into "
            "one network cannot be done with it",
        )
    return BundleError(
        f"'{path}'은(는) 앙상블이 아니라 모델 하나입니다. kosent.load로 읽으세요",
        f"'{path}' is a single model and no ensemble; kosent.load reads it",
    )


def unreadable(path: Path, name: str, error: Exception) -> BundleError:
    """Build the error for a file that is not there, or that may not be read."""
    if isinstance(error, PermissionError):
        return not_permitted(path / name)
    return damaged(path, f"{name}: {getattr(error, 'strerror', None) or error}")


def not_permitted(path: Path) -> BundleError:
    """Build the error for a file that may not be read."""
    return BundleError(
        f"'{path}'을(를) 읽을 권한이 없습니다. 그 권한과 위 폴더의 권한을 확인하세요",
        f"no permission to read '{path}'; check its permissions and those of the folders above",
    )


def no_model(path: Path, error: Exception, manifest: str) -> BundleError:
    """Build the error for what is no saved model, or cannot be read."""
    if isinstance(error, PermissionError):
        return not_permitted(Path(error.filename or path))
    reason = getattr(error, "strerror", None) or str(error)
    return BundleError(
        f"'{path}'은(는) kosent 모델이 아닙니다 ({manifest}을 읽을 수 없음: {reason}). "
        "kosent train이 만든 bundle 폴더나 .kosent 파일을 지정하세요",
        f"'{path}' is not a kosent bundle (no readable {manifest}: {reason}); "
        "give the bundle folder that kosent train made, or a .kosent file",
    )
