"""The report of a training run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.errors import DataError
from kosent.metrics.class_intervals import accuracy_interval
from kosent.models.auto import automatic
from kosent.models.auto.portfolio import PORTFOLIO
from kosent.reporting import write_run_report, wrongs
from kosent.runs.config import EnsembleConfig, RunConfig
from kosent.runs.ensemble import train_ensemble
from kosent.runs.held import FILE
from kosent.runs.run import RunResult, train_run

pytestmark = pytest.mark.slow
SECTIONS = ["summary", "data", "settings", "validation", "calibration", "mistakes", "suspects"]
SECTIONS += ["repeat"]


def test_one_file_that_is_safe_and_says_what_the_run_says(
    run: RunResult, read: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOSENT_LANG", "en")
    monkeypatch.setattr(wrongs, "WORST", 1000)
    path = write_run_report(run.folder)
    assert path == run.folder / "report.html"
    page = read(path)
    assert page.sections() == SECTIONS
    assert "<b>mine" in page.headings[0]
    scores = run.validation
    assert f"{scores.accuracy:.4f}" in page.text
    low, high = accuracy_interval(scores)
    assert f"95 % interval {low:.4f}-{high:.4f}" in page.text
    for label in ("negative", "positive"):
        each = scores.per_class[label]
        row = next(row for row in page.cells if row[0] == label and len(row) == 8)
        assert row[1::2] == [
            f"{each.precision:.4f}", f"{each.recall:.4f}", f"{each.f1:.4f}", str(each.support),
        ]  # fmt: skip
    assert scores.confidence is not None
    assert f"Calibration error (ECE) {scores.confidence.ece:.4f}" in page.text
    assert page.value("architecture") == "ngrams ✓"
    assert "kosent train --corpus " in page.text
    assert "<script>alert('x')" in page.text  # as text
    assert "<i>&" in page.text  # reading takes the mark of direction off a label
    assert "{{ 7 * 7 }}" in page.text
    assert r"\x1b[31m" in page.text
    assert r"\u202eetihw" in page.text
    assert "(12,002)" in page.text  # how long a text is that was clipped
    assert "끝없이" * 300 not in page.text


def test_the_same_run_is_the_same_report_in_both_languages(
    run: RunResult, read: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, written = {}, {}
    for language in ("ko", "en", "both"):
        monkeypatch.setenv("KOSENT_LANG", language)
        path = write_run_report(run.folder)
        pages[language], written[language] = read(path), path.read_bytes()
        assert write_run_report(run.folder).read_bytes() == written[language]
    assert pages["ko"].sections() == pages["en"].sections()
    assert len(pages["ko"].cells) == len(pages["en"].cells)
    assert pages["both"].headings == pages["ko"].headings
    assert all(re.search("[가-힣]", heading) for heading in pages["ko"].headings)
    assert not any(re.search("[가-힣]", heading) for heading in pages["en"].headings)
    figures = [re.findall(r"\d+\.\d+", page.text) for page in (pages["ko"], pages["en"])]
    assert sorted(figures[0]) == sorted(figures[1])
    assert [name for _, name in _language(pages["ko"])] == ["ko"]


def _language(page: Any) -> list[tuple[str, str]]:
    return [(tag, attributes["lang"]) for tag, attributes in page.tags if tag == "html"]


def test_without_texts(run: RunResult, read: Callable[[Path], Any]) -> None:
    page = read(write_run_report(run.folder, texts=False))
    assert page.sections() == [name for name in SECTIONS if name not in ("mistakes", "suspects")]
    assert "alert(" not in page.text
    assert "재밌" not in page.text


def test_without_the_corpus_or_the_answers(
    run: RunResult, read: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOSENT_LANG", "en")
    folder = shutil.copytree(run.folder, tmp_path / "copy")
    config = json.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_text(json.dumps(config | {"corpus": str(tmp_path / "no.csv")}))
    page = read(write_run_report(folder))
    assert "The corpus is gone or has changed" in page.text
    assert page.sections() == [name for name in SECTIONS if name not in ("mistakes", "suspects")]
    (folder / FILE).unlink()
    assert "calibration" not in read(write_run_report(folder)).sections()


def test_what_is_no_finished_run(tmp_path: Path, run: RunResult) -> None:
    with pytest.raises(DataError):
        write_run_report(tmp_path)
    folder = shutil.copytree(run.folder, tmp_path / "copy")
    (folder / "report.html").unlink(missing_ok=True)
    (folder / "report.json").unlink()
    with pytest.raises(DataError, match=r"report\.json"):
        write_run_report(folder)
    assert not (folder / "report.html").exists()


def test_what_auto_tried(
    read: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linear = [entry for entry in PORTFOLIO if entry.name in ("characters", "letters")]
    monkeypatch.setattr(automatic, "suiting", lambda _: linear)
    monkeypatch.setenv("KOSENT_LANG", "en")
    done = train_run(RunConfig("sample", limit=80), folder=tmp_path / "auto")
    page = read(write_run_report(done.folder, command="kosent train --corpus sample"))
    for each in done.classifier.tried_:
        assert page.value(each.name) == f"{each.macro_f1:.4f}"
    assert "auto" in page.sections()
    assert "test" in page.sections()
    assert done.test is not None
    assert f"{done.test.accuracy:.4f}" in page.text
    assert "the saved model has learned them since" in page.text
    assert page.text.count("kosent train --corpus sample") == 1


def test_an_ensemble(
    read: Callable[[Path], Any],
    tmp_path: Path,
    linear: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KOSENT_LANG", "en")
    other = linear | {"architecture_options": {"buckets": 256, "longest": 2}}
    config = EnsembleConfig("sample", [linear, other], limit=80)
    done = train_ensemble(config, folder=tmp_path / "both", jobs=1)
    page = read(write_run_report(done.folder))
    assert f"{done.validation.accuracy:.4f}" in page.text
    assert "kosent ensemble ensemble.kosent --bundle member-0" in page.text
    weights = [row[2] for row in page.cells if row[1:2] == ["character ngrams"]]
    assert weights == [f"{weight:.3f}" for weight in done.ensemble.weights_]
    assert {"calibration", "mistakes"} <= {*page.sections()}


def test_several_labels_a_text(
    read: Callable[[Path], Any], tmp_path: Path, linear: dict[str, Any], reviews: Any
) -> None:
    rows = [
        f"{text}\t{label}|{'long' if len(text) > 11 else 'short'}"
        for text, label in zip(*reviews, strict=True)
    ]
    file = tmp_path / "several.tsv"
    file.write_text("text\tlabel\n" + "\n".join(rows), "utf-8")
    config = RunConfig(str(file), classifier=linear | {"multilabel": True})
    done = train_run(config, folder=tmp_path / "run")
    page = read(write_run_report(done.folder))
    each = done.validation.per_class["short"]
    row = next(row for row in page.cells if row[0] == "short" and len(row) == 9)
    assert row[5:] == [
        f"{each.f1:.4f}", "{:.3f}-{:.3f}".format(*each.f1_interval), str(each.support),
        f"{each.threshold:.4f}",
    ]  # fmt: skip
    assert f"{done.validation.calibration_error:.4f}" in page.text
