"""A trained network run by ONNX Runtime: without Keras, TensorFlow or the ``onnx`` package.

It starts in a tenth of a second where TensorFlow takes four, and gives the same probabilities to
1e-5 (``tests/contracts/test_architectures.py``).
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.errors import BundleError
from kosent.prediction.arena import arena
from kosent.prediction.onnx_check import check_onnx
from kosent.prediction.trial import watched
from kosent.text.encoding.encoded import EncodedTexts

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    import onnxruntime

IDS, PROBABILITIES = "ids", "probabilities"
BATCH_ROWS = 128  # larger ones gain nothing on a CPU
BATCH_TOKENS = 4096  # of a batch, padding included: long texts come in smaller batches
_AHEAD = 2  # parts of a stream that are encoded before the first of them is predicted

Probabilities = npt.NDArray[np.float32]


class Network:
    """A network that turns ids into probabilities; it may be called from threads.

    Args:
        onnx: The file that ``kosent.architectures.to_onnx`` wrote, from a source that is trusted
            or verified.
        classes: Number of classes it must have.
        output: What it gives instead of probabilities; of another name they are other numbers.

    Raises:
        ValueError: If it is not such a file.
    """

    def __init__(self, onnx: bytes, classes: int, output: str = PROBABILITIES) -> None:
        constants = check_onnx(onnx)
        self.onnx, self.classes, self.output = onnx, classes, output
        self._session = _session(onnx, constants)
        self._rows = BATCH_ROWS  # of a batch at most; fewer where that takes too much memory
        _check_face(self._session, classes, output)

    def __call__(self, ids: npt.NDArray[np.int32]) -> Probabilities:
        """Return the probabilities ``(B, classes)`` of ids ``(B, T)``, padded at the end with 0.

        Raises:
            BundleError: If the network fails, or gives something else, as one that was forged may.
        """
        if len(ids) > self._rows:
            return np.concatenate([self(half) for half in np.array_split(ids, 2)])
        try:
            with watched() as options:
                found: Probabilities = self._session.run([self.output], {IDS: ids}, options)[0]
        except Exception as error:
            if not type(error).__module__.startswith("onnxruntime"):
                raise
            if "BFCArena" in str(error) and len(ids) > 1:  # it may pad all texts far more inside
                self._rows = (len(ids) + 1) // 2
                return self(ids)
            raise _failed(str(error)[:200]) from error
        if found.shape != (len(ids), self.classes):
            raise _failed(f"{found.shape}, not {(len(ids), self.classes)}")
        return found

    def predict(self, texts: EncodedTexts) -> Probabilities:
        """Return the probabilities ``(n, classes)`` of encoded texts, in their order."""
        return next(self.stream([texts]))

    def stream(self, parts: Iterable[EncodedTexts]) -> Iterator[Probabilities]:
        """Predict part after part, each while the next ones are being encoded.

        Each part is cut into batches of texts of similar length; as many threads as there are
        processors work on them, and none beside this one where there is one.

        Args:
            parts: Encoded texts; taken from the iterator no more than two parts ahead.

        Yields:
            The probabilities ``(n, classes)`` of each part, in order.
        """
        waiting: deque[tuple[Probabilities, list[Future[None]]]] = deque()
        threads: ThreadPoolExecutor | None = None
        try:
            for texts in parts:
                if threads is None and len(texts) == 1:
                    yield self(texts.pad())  # one text pays for each call of NumPy
                    continue
                out = np.empty((len(texts), self.classes), np.float32)
                tasks = [partial(self._fill, out, texts, rows) for rows in batches(texts.lengths)]
                if threads is None and len(tasks) > 1:  # one text: a thread would cost more
                    threads = _threads()
                if threads is None:
                    yield _done(out, tasks)
                    continue
                submitted = [threads.submit(copy_context().run, task) for task in tasks]
                waiting.append((out, submitted))
                if len(waiting) > _AHEAD:
                    yield _finished(*waiting.popleft())
            while waiting:
                yield _finished(*waiting.popleft())
        finally:
            if threads is not None:
                threads.shutdown(cancel_futures=True)

    def _fill(self, out: Probabilities, texts: EncodedTexts, rows: npt.NDArray[np.int64]) -> None:
        out[rows] = self(texts.pad(rows))

    def __getstate__(self) -> dict[str, Any]:
        return {"onnx": self.onnx, "classes": self.classes, "output": self.output}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]


def batches(lengths: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Group texts of similar length.

    Args:
        lengths: Tokens of each text ``(n,)``.

    Returns:
        Row numbers of each batch, the longest texts first, so that no thread is left alone with
        a large batch at the end.
    """
    order = np.argsort(-lengths, kind="stable")
    found = []
    start = 0
    while start < len(order):
        longest = max(int(lengths[order[start]]), 1)
        size = max(1, min(BATCH_ROWS, BATCH_TOKENS // longest))
        found.append(order[start : start + size])
        start += size
    return found


def _failed(detail: str) -> BundleError:
    return BundleError(
        f"모델의 신경망이 계산에 실패했습니다 (model.onnx: {detail})",
        f"the model's network fails (model.onnx: {detail})",
    )


def _threads() -> ThreadPoolExecutor | None:
    from concurrent.futures import ThreadPoolExecutor  # 5 ms that one text can do without

    from kosent.support.processes import processors

    return ThreadPoolExecutor(processors()) if processors() > 1 else None


def _done(out: Probabilities, tasks: Iterable[Callable[[], None]]) -> Probabilities:
    for task in tasks:
        task()
    return out


def _finished(out: Probabilities, futures: list[Future[None]]) -> Probabilities:
    for future in futures:
        future.result()
    return out


def _session(onnx: bytes, constants: int) -> onnxruntime.InferenceSession:
    _refuse_telemetry()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # The threads are ours, one batch each: inside a recurrent layer there is little to share out.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # it would keep a plan for every shape
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    options.log_severity_level = 4  # what it has to say comes as an exception
    try:
        with arena(4 * constants):  # float32 at most
            # Its fallback would say on stdout that it tries again, and fail again.
            return onnxruntime.InferenceSession(
                onnx, options, providers=["CPUExecutionProvider"], enable_fallback=0
            )
    except Exception as error:  # its exceptions have no base of their own
        raise ValueError(f"model.onnx: {str(error)[:200]}") from error


def _refuse_telemetry() -> None:
    """Keep ONNX Runtime from writing an id of the machine to the home folder and reporting home.

    It does both from its import on (seen in 1.31.1 on Linux) unless one of these is set; its
    Python function to switch it off comes too late. The name has changed between versions.
    """
    for name in ("ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED"):
        os.environ.setdefault(name, "1")


def _check_face(session: onnxruntime.InferenceSession, classes: int, output: str) -> None:
    """Refuse a network of other inputs or outputs."""
    faces = [
        [(each.name, each.type, len(each.shape)) for each in side]
        for side in (session.get_inputs(), session.get_outputs())
    ]
    expected = [[(IDS, "tensor(int32)", 2)], [(output, "tensor(float)", 2)]]
    if faces != expected or session.get_outputs()[0].shape[1] != classes:
        raise ValueError(f"model.onnx: not a network of {classes} classes")
