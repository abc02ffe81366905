"""Plausible faults, put in one at a time: do the tests beside them notice?

Each is one slip of the pen in a copy of the code, found by its old text; the tests that are to
notice run on that copy until the first of them fails. A fault whose old text is not there any more
is an error: the list follows the code.

Run: ``python bench/faults.py [--part 1/4] [--only TEXT]``
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SOURCE = "src/kosent"
PATIENCE = 240  # seconds; a fault after which tests never end is noticed


class Fault(NamedTuple):
    """A file below ``src/kosent``, what stands there, what shall, and who is to notice."""

    file: str
    old: str
    new: str
    tests: str


LAYERS, DROPOUT = "architectures/layers/__init__.py", "tests/architectures/test_dropout.py"
RECIPES = "tests/recipes/test_settings.py"
BATCHES = "tests/training/test_batches.py"
OKT, KEYS = "text/tokenizers/okt/__init__.py", "tests/text/tokenizers/okt/test_keys.py"
LINEAR = "tests/training/test_linear.py"
FIT = "tests/models/test_classifier.py::TestCalibration"
CHECK = "prediction/onnx_check.py"
HOSTILE = "tests/bundles/test_hostile.py"
FILES = "tests/support/test_files.py"
DOWNLOAD = "corpora/fetching/download.py"

FAULTS = (
    # Regularisation
    Fault(LAYERS, "SpatialDropout1D(dropout,", "SpatialDropout1D(0.0,", DROPOUT),
    Fault(LAYERS, "layers.Dropout(share,", "layers.Dropout(0.0,", DROPOUT),
    Fault(LAYERS, "dropout=input_dropout,", "dropout=0.0,", DROPOUT),
    Fault(
        LAYERS,
        'layers.Dropout(dropout, name=f"{name}',
        'layers.Dropout(0.0, name=f"{name}',
        DROPOUT,
    ),
    Fault(LAYERS, 'Dropout(dropout, name="features', 'Dropout(0.0, name="features', DROPOUT),
    Fault(
        "architectures/networks/flat_hybrid.py",
        "net.dropout(x, dropout,",
        "net.dropout(x, 0.0,",
        DROPOUT,
    ),
    Fault(
        "architectures/networks/recurrent.py",
        "net.dropout(x, dropout,",
        "net.dropout(x, 0.0,",
        DROPOUT,
    ),
    Fault(
        "architectures/networks/vectors.py",
        "classify(found, dropout)",
        "classify(found, 0.0)",
        DROPOUT,
    ),
    Fault(
        "architectures/networks/hybrid.py",
        "net.concatenate(branches), dropout",
        "net.concatenate(branches), 0.0",
        DROPOUT,
    ),
    # Settings of recipes
    Fault("recipes/imdb-cnn-bilstm.toml", "patience = 4", "patience = 1", RECIPES),
    Fault("recipes/imdb-lstm8.toml", "learning_rate = 0.0001", "learning_rate = 0.01", RECIPES),
    Fault("recipes/imdb-hybrid-shared.toml", "dense_dropout = 0.5", "dense_dropout = 0.1", RECIPES),
    Fault("recipes/imdb-gru8.toml", '"rmsprop"', '"sgd"', RECIPES),
    Fault("recipes/nsmc-lstm.toml", "batch_size = 120", "batch_size = 128", RECIPES),
    Fault("recipes/nsmc-lstm.toml", "drop_unknown = true", "drop_unknown = false", RECIPES),
    Fault("recipes/fast.toml", "l2 = ", "l2 = 1", RECIPES),
    # What decides silently
    Fault(
        "training/batches.py",
        "[batches[i] for i in rng.permutation(len(batches))]",
        "batches",
        BATCHES,
    ),
    Fault("training/batches.py", "(self.seed, self.epoch)", "(self.seed, 0)", BATCHES),
    Fault(
        "training/batches.py",
        "(*batch, self.weights[rows])",
        "(*batch, self.weights[: len(rows)])",
        BATCHES,
    ),
    Fault(OKT, "norm, stem, sorted(words.items())]", "norm, sorted(words.items())]", KEYS),
    Fault(OKT, "norm, stem, sorted(words.items())]", "stem, sorted(words.items())]", KEYS),
    Fault(OKT, "norm, stem, sorted(words.items())]", "norm, stem]", KEYS),
    Fault(OKT, "_key([*analyses, join, tags])", "_key([*analyses, tags])", KEYS),
    Fault(OKT, "engine(norm, stem, words)", "engine(norm, stem, {})", KEYS),
    Fault("training/linear.py", "np.log(shares[0] /", "-np.log(shares[0] /", LINEAR),
    Fault("training/linear.py", "(positive, ~positive)]", "(~positive, positive)]", LINEAR),
    Fault("models/steps.py", "weights_of(check, class_weight))", "None)", FIT),
    Fault(
        "models/steps.py",
        "classes[held.numbers].tolist(), finished",
        "classes[finished.validation.argmax(axis=1)].tolist(), finished",
        FIT,
    ),
    Fault(
        "training/calibration.py",
        "(logarithm / _SPREAD) ** 2",
        "logarithm**2 * 0",
        "tests/training/test_calibration.py",
    ),
    Fault(
        "training/calibration.py",
        "weights[name] / temperature",
        "weights[name] * temperature",
        "tests/training/test_calibration.py tests/models/test_classifier.py::TestCalibration",
    ),
    Fault(
        "text/vocabulary.py",
        "count >= min_count",
        "count > min_count",
        "tests/text/test_vocabulary.py",
    ),
    Fault(
        "text/stream.py",
        "slice(-length, None)",
        "slice(length)",
        "tests/text/test_stream.py tests/text/encoding",
    ),
    Fault(
        "metrics/report.py",
        "precision = _share(right, predicted_counts)",
        "precision = _share(right, support)",
        "tests/metrics/test_report.py",
    ),
    Fault(
        "metrics/report.py",
        "(len(order) + len(unknown))",
        "len(order)",
        "tests/metrics/test_report.py",
    ),
    Fault(
        "training/class_weights.py",
        "return examples.weights * by_class",
        "return by_class",
        "tests/training/test_class_weights.py",
    ),
    Fault(
        "prediction/answers.py",
        "row[best] >= min_confidence",
        "row[best] > min_confidence",
        "tests/metrics/test_confidence.py",
    ),
    Fault(
        "prediction/network.py",
        "np.argsort(-lengths, kind=",
        "np.argsort(lengths, kind=",
        "tests/prediction/test_network.py",
    ),
    # Files of strangers
    Fault(
        CHECK,
        'operator in ("Div", "Mod")',
        'operator in ("Mod",)',
        "tests/prediction/test_onnx_check.py",
    ),
    Fault(
        CHECK,
        'operator in ("Div", "Mod")',
        'operator in ("Div",)',
        "tests/prediction/test_onnx_check.py",
    ),
    Fault(
        CHECK,
        'operator == "Pad"',
        'operator == "Pad" and False',
        "tests/prediction/test_onnx_check.py",
    ),
    Fault(CHECK, "if uses < 0:", "if uses < -(2**62):", "tests/prediction/test_onnx_check.py"),
    Fault(
        "prediction/arena.py",
        '{"max_mem": largest_arena(weights)}',
        "{}",
        "tests/prediction/test_onnx_check.py",
    ),
    Fault("bundles/archive.py", "if stat.S_ISREG(", "if not stat.S_ISBLK(", HOSTILE),
    Fault("bundles/archive.py", "if path.is_symlink() and", "if False and", HOSTILE),
    Fault("bundles/archive.py", '"little") > _LONGEST_LIST', '"little") > 2**62', HOSTILE),
    Fault("bundles/probes.py", "if len(probes) > _MOST:", "if len(probes) > 10**9:", HOSTILE),
    Fault("bundles/probes.py", "abs(value) < 2", "True", HOSTILE),
    Fault(
        "bundles/manifest.py", 'while size <= self._entry(name)["size"] and (', "while (", HOSTILE
    ),
    Fault("support/signed.py", "len(data) <= LARGEST_JSON and ", "", HOSTILE),
    Fault(
        "text/tokenizers/__init__.py",
        "settings.get(name) is not None for",
        "settings.get(name) == 0 for",
        HOSTILE,
    ),
    # Files of one's own
    Fault("support/files.py", "> _STALE", "> -1", FILES),
    Fault("support/paths.py", "left[0] if len(left) == 1 else path", "path", FILES),
    Fault(
        "support/files.py",
        "shortened(path.name, LONGEST_NAME)}.{secrets",
        "path.name}.{secrets",
        FILES,
    ),
    Fault(
        DOWNLOAD,
        "if time.monotonic() > end:",
        "if False:",
        "tests/corpora/fetching/test_download.py",
    ),
    Fault(
        DOWNLOAD,
        "if remote.size is None and done > _LARGEST:",
        "if False:",
        "tests/corpora/fetching/test_download.py",
    ),
    Fault(
        "prediction/writers.py",
        "if is_there and not is_file:",
        "if False:",
        "tests/prediction/test_files.py",
    ),
)


def tried(fault: Fault, copy: Path) -> bool:
    """Tell whether a test notices a fault."""
    path = copy / SOURCE / fault.file
    whole = path.read_text("utf-8")
    if fault.old not in whole:
        sys.exit(f"{fault.file}: {fault.old!r} does not stand there")
    path.write_text(whole.replace(fault.old, fault.new), "utf-8")
    try:
        return fails(fault.tests, copy)
    finally:
        path.write_text(whole, "utf-8")


def fails(tests: str, copy: Path) -> bool:
    """Tell whether a test fails on a copy."""
    line = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONPATH": f"{copy / 'src'}:{copy / 'cli'}"}
    try:
        ended = subprocess.run(
            [*line, *tests.split()],
            cwd=copy,
            env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    if ended.returncode not in (0, 1):  # of pytest: 1 is a test that failed
        sys.exit(f"{tests}: {ended.stdout.decode()[-2000:]}")
    return ended.returncode == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", default="1/1", help="as 2/4: every fourth, from the second on")
    parser.add_argument("--only", default="", help="those whose file or text holds this")
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    chosen = [each for each in FAULTS if options.only in f"{each.file} {each.old}"]
    chosen = chosen[part - 1 :: parts]
    noticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        copy.mkdir()
        for name in ("src", "cli", "tests", "bench", "corpora", "pyproject.toml", "README.md"):
            place = ROOT / name
            (shutil.copytree if place.is_dir() else shutil.copy2)(place, copy / name)
        for tests in dict.fromkeys(fault.tests for fault in chosen):
            if fails(tests, copy):
                sys.exit(f"{tests}: fails without any fault")
        for fault in chosen:
            started = time.perf_counter()
            caught = tried(fault, copy)
            noticed += caught
            seconds = time.perf_counter() - started
            word = "noticed" if caught else "NOT NOTICED"
            print(f"{word}  {seconds:5.1f} s  {fault.file}: {fault.old} -> {fault.new}", flush=True)
    print(f"{noticed} of {len(chosen)} noticed ({noticed / max(1, len(chosen)):.0%})")
    sys.exit(noticed < len(chosen))


if __name__ == "__main__":
    main()
