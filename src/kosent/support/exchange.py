"""Two names that change places in one step, where the system knows how.

Two renames leave a moment in which nothing is at the path that is replaced; whoever is killed then
has lost both versions from sight.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD: paths are relative to the current folder
_EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


def exchange(one: Path, other: Path) -> bool:
    """Let two paths change places.

    Args:
        one: A file or folder.
        other: Another one on the same disk.

    Returns:
        Whether they have; False where system or file system cannot, and nothing has happened.

    Raises:
        OSError: If the disk refuses.
    """
    library = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    rename = getattr(library, "renameat2", None)  # glibc has it since 2.28
    if rename is None:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))
