"""What tests of several folders share: a small Korean corpus and a classifier trained on it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from kosent import TextClassifier

# Set before TensorFlow is imported, in this process and in those that tests start.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Literal expectations hold both languages; tests of the language choose their own.
os.environ["KOSENT_LANG"] = "both"
# Tests of the cache name a folder of their own; none writes to the user's.
os.environ["KOSENT_CACHE"] = "off"

SUBJECTS = ("영화가", "연기가", "음악이", "결말이", "대사가", "화면이", "주인공이", "전개가")
PRAISE = ("정말 재밌다", "아주 좋았어요", "최고입니다 👍", "감동적이다 ㅠㅠ", "또 보고 싶다")
BLAME = ("너무 지루하다", "별로였어요", "최악이다 ㅡㅡ", "돈이 아깝다", "다시는 안 본다")

# A busy machine must not fail a test of what, not of how fast.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# Fixtures that train a network or start a process, and with them all tests that take these.
SLOW_FIXTURES = {
    *("trained", "trained_home", "ensemble_home", "finished", "network", "pair", "without_tracing"),
    *("command_line", "process", "killed", "uninterrupted"),
}
# Files and folders in which all do.
SLOW_PLACES = {
    "architectures",
    "cli/commands/test_distill.py",
    "cli/test_light.py",
    "cli/test_tensorflow_noise.py",
    "cli/test_terminal.py",
    "contracts/test_architectures.py",
    "contracts/test_transfer.py",
    "evaluation/bench/test_running.py",
    "inspection/test_vectors.py",
    "models/test_start.py",
    "models/test_travelling.py",
    "recipes",
    "runs",
    "serving/page/test_lines.py",
    "serving/page/test_looks.py",
    "serving/page/test_sentence.py",
    "serving/page/test_trouble.py",
    "support/test_processes.py",
    "test_examples.py",
    "text/tokenizers/okt/test_okt.py",
    "training/test_batches.py",
    "training/test_checkpoints.py",
    "training/test_cross_fitting.py",
    "training/test_fit.py",
    "training/test_killed.py",
    "training/test_linear.py",
    "training/test_optimizers.py",
    "training/test_rates.py",
    "training/test_remembering.py",
    "training/test_tables.py",
    "tuning/test_search.py",
}
# Of https://docs.python.org/3/library/audit_events.html.
PROCESSES = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"}

# Every network at the smallest size that still has all of its parts.
TINY_NETWORKS: dict[str, dict[str, Any]] = {
    "lstm": {"embedding_size": 4, "units": 2},
    "gru": {"embedding_size": 4, "units": 2},
    "hybrid": {"embedding_size": 4, "units": 2, "filters": 2, "widths": (2, 3)},
    "cnn_bilstm": {"embedding_size": 4, "units": 2, "filters": 3, "width": 3, "pool_size": 2},
    "simple_rnn": {"embedding_size": 4, "units": 2},
    "flat_hybrid": {"embedding_size": 4, "units": 2, "filters": 2, "width": 2, "length": 7},
    "ngrams": {"longest": 3, "buckets": 7},
    "ngram_gru": {
        "longest": 3,
        "buckets": 7,
        "folds": 2,
        "embedding_size": 3,
        "filters": 4,
        "pool_size": 2,
        "units": 2,
    },
    "vectors": {"embedding_size": 3},
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="train nothing and start no process")


def pytest_collection(session: pytest.Session) -> None:
    """Refuse TensorFlow and new processes to tests that are not marked ``slow``."""
    starts_workers = getattr(session.config.option, "numprocesses", None)
    if session.config.getoption("quick") and not starts_workers:
        sys.addaudithook(refuse)  # for the life of the process


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files in which everything is slow."""
    place = collection_path.relative_to(Path(__file__).parent).as_posix()
    return True if config.getoption("quick") and place in SLOW_PLACES else None


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """End a test that loads TensorFlow or starts a process."""
    if event in PROCESSES or (event == "import" and arguments[0] == "tensorflow"):
        pytest.fail(f"{event} {arguments[0]}: not quick, to be marked as slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what takes a slow fixture; leave out what is slow where it should be quick."""
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
    if config.getoption("quick"):
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_arrives() -> Iterator[None]:
    """Let Ctrl-C through: a shell starts background jobs, and all they start, with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module", autouse=True)
def no_java_here() -> Iterator[None]:
    """Keep Java out of the process in which TensorFlow trains (``text/in_java.py`` says why)."""
    yield
    jpype = sys.modules.get("jpype")
    assert jpype is None or not jpype.isJVMStarted(), "a test of this file has started a JVM"


@pytest.fixture(scope="session")
def reviews() -> tuple[list[str], list[str]]:
    """Return 80 short reviews, half of them negative, and their labels."""
    rows = [
        (f"{subject} {ending}", label)
        for subject, (praise, blame) in product(SUBJECTS, zip(PRAISE, BLAME, strict=True))
        for ending, label in ((praise, "positive"), (blame, "negative"))
    ]
    return [text for text, _ in rows], [label for _, label in rows]


@pytest.fixture(scope="session")
def tiny_networks() -> dict[str, dict[str, Any]]:
    """Return the options of each network that make it tiny, by its name."""
    return TINY_NETWORKS


@pytest.fixture(scope="session")
def tiny() -> dict[str, Any]:
    """Return arguments of ``TextClassifier`` that train in about two seconds."""
    return {
        "architecture": "lstm",
        "tokenizer": "whitespace",
        "architecture_options": {
            "embedding_size": 4,
            "units": 4,
            "bidirectional": False,
            "dropout": 0.1,
        },
        "validation_fraction": 0.2,
        "epochs": 3,
        "batch_size": 16,
        "learning_rate": 0.2,
        "patience": 3,
        "seed": 7,
    }


@pytest.fixture(scope="session")
def trained(tiny: dict[str, Any], reviews: tuple[list[str], list[str]]) -> TextClassifier:
    """Return a classifier trained on the reviews; tests must not fit it again."""
    from kosent import TextClassifier

    return TextClassifier(**tiny).fit(*reviews)


@pytest.fixture(scope="session")
def saved(trained: TextClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bundle of ``trained``; tests must copy it before they change it."""
    return trained.save(tmp_path_factory.mktemp("bundle") / "model")


@pytest.fixture
def without_tracing() -> Iterator[None]:
    """Let TensorFlow work step by step: tracing a network takes 1.5 s, a tiny epoch 0.1 s."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
