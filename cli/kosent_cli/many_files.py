"""``kosent predict`` for several files: the answers to each in a folder, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from kosent.batch.files import Pair, are_many, check_pairs, pairs, predict_files
from kosent.corpora.readers.opening import STDIN
from kosent.errors import DataError, KosentError, UsageError
from kosent.models.loading import load_predictor
from kosent.prediction.files import Summary
from kosent.prediction.predictor import Predictor
from kosent.support.paths import user_path
from kosent_cli.answer_files import pool, tell
from kosent_cli.output import emit_json, say
from kosent_cli.progress import display
from kosent_cli.session import Session


class Many(NamedTuple):
    """What a call asks for, whatever the files are.

    Attributes:
        session: The call.
        text_column: As of ``--text-column``.
        resume: Whether answers that are there are gone on with.
        jobs: How many processes; ``None`` for this one.
        min_confidence: As of ``--min-confidence``.
        as_json: Whether stdout gets a document.
    """

    session: Session
    text_column: str | None
    resume: bool
    jobs: int | None
    min_confidence: float | None
    as_json: bool

    def write(self, inputs: Sequence[str], output: str | None, model: Callable[[], Path]) -> None:
        """Answer all files.

        Args:
            inputs: Those of ``--input``.
            output: The folder of the answers.
            model: Says where the model is.

        Raises:
            UsageError: If there is no folder, or answers are there already.
            DataError: If one of the files could not be read; the others are answered.
        """
        if output is None:
            raise _no_folder()
        made = pairs(inputs, output)
        check_pairs(made, self.resume)
        path = model()
        classifier = load_predictor(path) if self.jobs is None else pool(path, self.jobs)
        self.end(made, self._answered(classifier, made))

    def write_on_ray(
        self, inputs: Sequence[str], output: str | None, model: Callable[[], Path]
    ) -> None:
        """Answer one file, or all, on a cluster of Ray; see :meth:`write`."""
        from kosent.batch.on_ray import predict_on_ray
        from kosent.batch.shards import Work

        if output is None or STDIN in inputs:
            raise _no_file()
        several = are_many(inputs, output)
        made = pairs(inputs, output) if several else [Pair(user_path(inputs[0]), user_path(output))]
        if self.resume and several:  # those that are there, and have no shards, are done
            made = [pair for pair in made if not Work(*pair).is_done]
        works = [Work(*pair, self.text_column, self.min_confidence) for pair in made]
        results: list[tuple[Pair, Summary | KosentError]] = []
        with display(self.session) as listener:
            for work, done in predict_on_ray(
                model(), works, jobs=self.jobs, resume=self.resume, listener=listener, notice=say
            ):
                tell(str(work.target), done, as_json=False)
                results.append((Pair(work.source, work.target), done))
        self.end(made, results)

    def _answered(
        self, classifier: Predictor, made: Sequence[Pair]
    ) -> list[tuple[Pair, Summary | KosentError]]:
        results = []
        with display(self.session) as listener:
            for pair, found in predict_files(
                classifier,
                made,
                text_column=self.text_column,
                resume=self.resume,
                min_confidence=self.min_confidence,
                listener=listener,
                notice=say,
            ):
                if isinstance(found, Summary):
                    tell(str(pair.target), found, as_json=False)
                else:
                    say(f"kosent: {found}")
                results.append((pair, found))
        return results

    def end(
        self, made: Sequence[Pair], results: Sequence[tuple[Pair, Summary | KosentError]]
    ) -> None:
        """Tell what was written, and which files could not be read."""
        if self.as_json:
            emit_json([_document(pair, found) for pair, found in results])
        bad = [pair.source.name for pair, found in results if not isinstance(found, Summary)]
        if bad:
            names = ", ".join(bad[:5])
            raise DataError(
                f"파일 {len(made):,}개 가운데 {len(bad):,}개를 읽지 못했습니다: {names}",
                f"{len(bad):,} of {len(made):,} files could not be read: {names}",
            )


def _document(pair: Pair, found: Summary | KosentError) -> dict[str, object]:
    names: dict[str, object] = {"input": str(pair.source), "output": str(pair.target)}
    if isinstance(found, Summary):
        return {**names, "rows": found.rows, "errors": found.errors}
    return {**names, "error": found.english}


def _no_file() -> UsageError:
    return UsageError(
        "--engine ray는 --input FILE과 --output FILE에 씁니다. 표준 입력과 출력에는 쓰지 못합니다",
        "--engine ray goes with --input FILE and --output FILE, not with standard input or output",
    )


def _no_folder() -> UsageError:
    return UsageError(
        "여러 파일에는 --output 폴더/ 가 필요하고, --jsonl과 --output -는 쓰지 못합니다",
        "several files take --output FOLDER/, and neither --jsonl nor --output -",
    )
