"""TensorFlow in a forked process: it would wait forever for threads that a fork leaves behind.

Measured with TensorFlow 2.21: where the parent had only imported it, a child trains; where the
parent had run a single operation, the child's first one never ends.
"""

from __future__ import annotations

import os
import sys

from kosent.errors import RuntimeSetupError

_forks: list[bool] = []  # of this process, its parent's and so on: whether TensorFlow had run


def refuse_fork() -> None:
    """Refuse to run TensorFlow where it would not end.

    Raises:
        RuntimeSetupError: If this process was forked from one in which TensorFlow had run.
    """
    if any(_forks):
        raise RuntimeSetupError(
            "TensorFlow를 쓴 프로세스를 fork한 프로세스에서는 학습이 끝나지 않습니다. "
            "'spawn'으로 시작하세요: multiprocessing.get_context('spawn')",
            "training would never end in a process forked from one in which TensorFlow has run; "
            "start it by 'spawn': multiprocessing.get_context('spawn')",
        )


def tensorflow_ran() -> bool:
    """Tell whether TensorFlow has started its threads in this process."""
    context = sys.modules.get("tensorflow.python.eager.context")
    return bool(getattr(getattr(context, "_context", None), "_initialized", False))


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=lambda: _forks.append(tensorflow_ran()))
