"""A disk that is full, read-only or broken, at every call that changes something on it.

What writes files is done once with a disk that counts, then again for each of its calls with a
disk that refuses it, in a child process each. Afterwards there is one clear line and an exit code,
or all went well; what was there is whole, what is there is whole, nothing is left behind; and the
same again on a good disk gives what it gives without any fault.

Run: ``python bench/disk.py [--every 7] [--only NAME]``
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import io
import json
import os
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KOSENT_LANG": "en", "KOSENT_CACHE": "off"}

from faulty_disk import ERRORS, Disk

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
MEMORY = Path("/dev/shm")  # noqa: S108 -- forks and files by the thousand
TEXTS = "".join(f"영화가 정말 {'재밌다' if n % 3 else '지루하다'} {n}\n" for n in range(300))
TINY = "--tokenizer whitespace --model gru --set units=2 --set embedding_size=4 --epochs 2"


class Act(NamedTuple):
    """Something that writes files.

    Attributes:
        begin: What is there before, in its folder.
        run: Does it, and returns an exit code.
        again: Does it after a fault.
        result: What it gave, to be compared; ``None`` where there is nothing.
        grows: Whether what is there after a fault may be a beginning.
    """

    begin: Callable[[Path], object]
    run: Callable[[Path], int]
    again: Callable[[Path], int]
    result: Callable[[Path], object]
    grows: bool = False


def nothing(_: Path) -> None:
    """Begin with an empty folder."""


def command(line: str, folder: Path) -> int:
    from kosent_cli.main import run

    return run([part.format(folder=folder, golden=GOLDEN) for part in line.split()])


def saving(name: str, golden: str, old: str) -> Act:
    """Save a model, over another one where that is named."""

    def begin(folder: Path) -> None:
        if old:
            import kosent

            kosent.load(GOLDEN / old).save(folder / name)

    def save(folder: Path) -> int:
        import kosent
        from kosent.errors import KosentError

        try:
            kosent.load(GOLDEN / golden).save(folder / name, overwrite=bool(old))
        except KosentError as error:
            print(f"kosent: {error}", file=sys.stderr)
            return error.exit_code
        return 0

    return Act(begin, save, save, lambda folder: content(folder / name))


def predicting(ending: str, begun: bool = False) -> Act:
    """Predict a file; go on with what a kill has left, where it is begun."""
    line = "predict --bundle {golden}/format-2-gru --input {folder}/in.csv --output {folder}/out"
    line += ending
    whole = ending in (".xlsx", ".parquet")

    def begin(folder: Path) -> None:
        (folder / "in.csv").write_text(f"text\n{TEXTS}", "utf-8")
        if begun:
            command(line, folder)
            with (folder / f"out{ending}").open("r+b") as file:
                file.truncate(3000)

    def again(folder: Path) -> int:
        return command(line + ("" if whole else " --resume"), folder)

    def result(folder: Path) -> object:
        path = folder / f"out{ending}"
        if not path.exists():
            return None
        if ending == ".xlsx":  # which holds the time
            from openpyxl import load_workbook

            return list(load_workbook(path).active.values)
        return path.read_bytes()

    run = again if begun else functools.partial(command, line)
    return Act(begin, run, again, result, grows=not whole)


def training(line: str, *, cached: bool = False) -> Act:
    """Train, and go on after a fault."""

    def train(folder: Path) -> int:
        os.environ["KOSENT_CACHE"] = str(folder / "cache") if cached else "off"
        return command(
            f"train --corpus sample --limit 120 --seed 3 {line} --out {{folder}}/run", folder
        )

    def again(folder: Path) -> int:
        os.environ["KOSENT_CACHE"] = str(folder / "cache") if cached else "off"
        if (folder / "run" / "bundle").exists():  # whole, though what came after it was refused
            return 0
        if (folder / "run" / "config.json").exists():
            return command("train --resume {folder}/run", folder)
        return train(folder)

    def result(folder: Path) -> object:
        import kosent

        path = folder / "run" / "bundle"
        return (
            kosent.load(path).predict_proba(TEXTS.splitlines()).tolist() if path.exists() else None
        )

    return Act(nothing, train, again, result)


def fetching() -> Act:
    """Download a file."""

    def fetch(folder: Path) -> int:
        from kosent.corpora.fetching.download import download
        from kosent.corpora.spec import RemoteFile
        from kosent.errors import KosentError
        from kosent.support.signed import sha256

        data = TEXTS.encode()
        with serving(data) as url:
            remote = RemoteFile("c/file", url, len(data), "sha256", sha256(data))
            try:
                download(remote, folder / "c" / "file")
            except KosentError as error:
                print(f"kosent: {error}", file=sys.stderr)
                return error.exit_code
        return 0

    return Act(nothing, fetch, fetch, lambda folder: content(folder / "c" / "file"))


@contextlib.contextmanager
def serving(data: bytes) -> Iterator[str]:
    """Serve a file to this machine."""

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/file"
    server.shutdown()
    server.server_close()
    thread.join()


def content(path: Path) -> object:
    """Return what is in a file, or in a folder of files; ``None`` where nothing is."""
    if path.is_dir():
        return {each.name: content(each) for each in path.iterdir()}
    return path.read_bytes() if path.exists() else None


EXPORT = "export {folder}/mine.kosent --bundle {golden}/format-2-gru"
ACTS: dict[str, Act] = {
    "save a folder": saving("model", "format-2-gru", ""),
    "save over a folder": saving("model", "format-2-gru", "format-2-hybrid.kosent"),
    "save a file": saving("model.kosent", "ensemble-1.kosent", ""),
    "save over a file": saving("model.kosent", "format-2-gru", "ensemble-1.kosent"),
    "export": Act(
        nothing,
        functools.partial(command, EXPORT),
        functools.partial(command, EXPORT),
        lambda folder: content(folder / "mine.kosent"),
    ),
    "predict .csv": predicting(".csv"),
    "predict .jsonl": predicting(".jsonl"),
    "predict .csv --resume": predicting(".csv", begun=True),
    "predict .xlsx": predicting(".xlsx"),
    "predict .parquet": predicting(".parquet"),
    "fetch": fetching(),
    "train a linear model": training("--tokenizer character --model ngrams --set buckets=4096"),
    "train, cached": training("--tokenizer character --model ngrams --set buckets=64", cached=True),
    "train a network": training(TINY),
}


class Came(NamedTuple):
    """What came of an act with a fault."""

    code: int
    said: str
    calls: list[str]


def child(act: Callable[[Path], int], folder: Path, fail_at: int, code: int) -> Came:
    """Run an act in a process forked from this one, with a disk that fails."""
    report = folder.with_suffix(".report")
    pid = os.fork()
    if pid == 0:
        said, out = io.StringIO(), io.StringIO()
        disk = Disk(folder, fail_at, code)
        ended = 1
        try:
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(out), disk.between():
                ended = act(folder)
        except BaseException:
            said.write(traceback.format_exc())
        report.write_text(json.dumps([ended, said.getvalue(), disk.calls]))
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if status:
        return Came(-1, f"the process ended by {status}", [])
    return Came(*json.loads(report.read_text()))


def wrong(act: Act, folder: Path, came: Came, old: object, expected: object) -> str:
    """Return what is not as it should be after a fault; empty where all is."""
    if "Traceback" in came.said or came.code < 0:
        return f"no clear line: {came.said[-700:]}"
    now = act.result(folder) if came.code == 0 or not act.grows else None
    if came.code == 0 and now != expected:
        return f"exit code 0, and another result; said {came.said!r}"
    if came.code and "kosent: " not in came.said.splitlines()[-1]:
        return f"exit code {came.code}, said {came.said!r}"
    if came.code and not act.grows and now not in (old, expected):
        return "half-written"
    left = [p for p in folder.rglob(".*") if p.suffix in (".tmp", ".old")]
    if left and came.code not in (0, 5):
        return f"left behind: {left}"
    return ""


@contextlib.contextmanager
def rehearsed(act: Act) -> Iterator[tuple[Path, Path, Came, float]]:
    """Do an act once, undisturbed.

    Yields:
        A scratch folder, in which ``whole`` is what comes of it; the folder that it begins in; how
        it ended; its seconds.
    """
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        scratch = Path(name)
        start = scratch / "start"
        start.mkdir()
        begun = child(lambda folder: act.begin(folder) or 0, start, 0, 0)
        assert begun.code == 0, begun
        whole = Path(shutil.copytree(start, scratch / "whole"))
        started = time.perf_counter()
        came = child(act.run, whole, 0, 0)
        assert came.code == 0, came
        yield scratch, start, came, time.perf_counter() - started


def tried(name: str, every: int) -> Iterator[tuple[str, str]]:
    """Fail every call of an act; give what came of it and what is wrong."""
    act = ACTS[name]
    with rehearsed(act) as (scratch, start, counted, _):
        old, expected = act.result(start), act.result(scratch / "whole")
        numbers = range(1, len(counted.calls) + 1)
        for place, (error, number) in enumerate((e, n) for n in numbers for e in ERRORS):
            if place % every:
                continue
            folder = Path(shutil.copytree(start, scratch / "now"))
            came = child(act.run, folder, number, ERRORS[error])
            fault = wrong(act, folder, came, old, expected)
            if not fault and came.code:
                after = child(act.again, folder, 0, 0)
                if after.code or act.result(folder) != expected:
                    fault = f"not mended by another try: {after.code} {after.said[-300:]}"
                elif left := [p.name for p in folder.rglob(".*") if p.suffix in (".tmp", ".old")]:
                    fault = f"left after another try: {left}"
            at = counted.calls[number - 1].replace(str(scratch), "")
            yield (
                ("refused" if came.code else "went on"),
                fault and f"{name}, {error} at {number} ({at}): {fault}",
            )
            shutil.rmtree(folder)


def import_all(trains: bool) -> None:
    """Import once, before all the forks; what has not run yet may be forked."""
    import kosent
    import kosent_cli.main
    from kosent_cli.commands import COMMANDS

    assert kosent_cli.main
    for name in ("export", "predict", "train"):
        COMMANDS[name].load()
    kosent.load(GOLDEN / "format-2-gru").predict(["가"])
    for name in ("requests", "openpyxl", "pyarrow.parquet", *["keras", "sklearn"] * trains):
        importlib.import_module(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take every so many of the faults")
    parser.add_argument("--only", help="an act")
    given = parser.parse_args()
    import_all(trains=False)
    counts: Counter[str] = Counter()
    faults, started = [], time.perf_counter()
    for name in [given.only] if given.only else ACTS:
        if "train" in name:
            import_all(trains=True)  # a process that holds TensorFlow takes longer to fork
        for came, fault in tried(name, given.every):
            counts[came] += 1
            if fault:
                faults.append(fault)
                print(fault, flush=True)
        print(f"{name}: {counts.total()} faults by now, {len(faults)} wrong", file=sys.stderr)
    print(
        f"{counts.total():,} faults: {counts['refused']:,} refused in one line, "
        f"{counts['went on']:,} not needed, {len(faults)} wrong; "
        f"{time.perf_counter() - started:.0f} s"
    )
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
