"""Packages that those who only predict may leave out."""

from __future__ import annotations

from importlib.util import find_spec

from kosent.errors import RuntimeSetupError


def require(*packages: str) -> None:
    """Refuse to go on where packages are missing, saying which.

    Raises:
        RuntimeSetupError: If one of them is not installed.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        listed = " ".join(missing)
        raise RuntimeSetupError(
            f"예측만 할 수 있게 설치되어 있습니다. 없는 패키지: {listed} (pip install {listed})",
            f"this installation can only predict; missing packages: {listed} "
            f"(pip install {listed})",
        )
