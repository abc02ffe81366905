"""``kosent stats``."""

from __future__ import annotations

from typing import Any

import click

from kosent import corpora
from kosent.corpora.base import SPLITS
from kosent.corpora.notices import dropped_by_reason
from kosent.inspection.statistics import corpus_statistics
from kosent.language import said
from kosent.support.progress import Steps
from kosent_cli import corpus_options
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import cleaning_set_option, column_options, tokenizer_set_option
from kosent_cli.options import Command, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.progress import display
from kosent_cli.session import Session, pass_session
from kosent_cli.tables import table

EXAMPLES = """\
kosent stats --corpus nsmc --tokenizer okt
kosent stats --corpus imdb --lengths 100:1000:50
kosent stats --corpus nsmc --tokenizer-set max_chars=5
"""


@click.command("stats", cls=Command, help=page(COMMANDS["stats"].summary, EXAMPLES))
@click.option(
    "--corpus",
    metavar="NAME|PATH",
    required=True,
    help=said("말뭉치 이름이나 파일 경로", "corpus by its name or path"),
)
@column_options
@click.option(
    "--split",
    type=click.Choice(SPLITS),
    default="train",
    help=said("자료 구분", "split of the corpus") + "  [train]",
)
@click.option(
    "--tokenizer", default="whitespace", help=said("토크나이저", "tokenizer") + "  [whitespace]"
)
@click.option(
    "--cleaning",
    help=said("텍스트 정리 (기본: 언어에 따라)", "preset of the cleaning (default: by language)"),
)
@cleaning_set_option
@tokenizer_set_option
@click.option(
    "--lengths",
    metavar="START:STOP:STEP",
    callback=corpus_options.lengths,
    help=said("볼 길이, 양 끝 포함", "lengths to look at, both ends included"),
)
@json_option
@pass_session
def command(
    session: Session,
    corpus: str,
    text_column: str | None,
    label_column: str | None,
    split: str,
    tokenizer: str,
    cleaning: str | None,
    cleaning_options: dict[str, Any] | None,
    tokenizer_options: dict[str, Any] | None,
    lengths: range | None,
    as_json: bool,
) -> None:
    """Print the figures of one split."""
    with display(session) as listener:
        loaded = corpora.load(corpus, listener, text_column=text_column, label_column=label_column)
        figures = corpus_statistics(
            loaded,
            split,
            tokenizer=tokenizer,
            cleaning=cleaning,
            cleaning_options=cleaning_options,
            tokenizer_options=tokenizer_options,
            progress=Steps(listener, "encode"),
        )
    document = figures.to_dict(lengths or figures.usual_lengths())
    if as_json:
        emit_json(document)
    else:
        emit_lines(_lines(document))


def _lines(document: dict[str, Any]) -> list[str]:
    rows, tokens = document["rows"], document["tokens"]
    facts = [
        [said("말뭉치", "corpus"), f"{document['corpus']} ({document['split']})"],
        [said("정리, 토크나이저", "text"), f"{document['cleaning']}, {document['tokenizer']}"],
        [said("읽은 줄", "rows read"), f"{rows['read']:,}"],
        [said("쓴 줄", "kept"), f"{rows['kept']:,}"],
        [
            said("버린 줄", "dropped"),
            dropped_by_reason(rows["dropped"]) if rows["dropped"] else "0",
        ],
        *(
            [f"{said('라벨', 'label')} {name}", f"{count:,}"]
            for name, count in document["labels"].items()
        ),
        [said("토큰 수", "tokens"), f"{tokens['total']:,}"],
        [said("서로 다른 토큰", "distinct"), f"{tokens['distinct']:,}"],
        [said("평균 길이", "mean length"), f"{tokens['mean']:.2f}"],
        [said("중앙값", "median"), f"{tokens['median']:g}"],
        [said("가장 긴 글", "longest"), f"{tokens['longest']:,}"],
        [said("토큰이 없는 글", "without tokens"), f"{tokens['texts_without']:,}"],
    ]
    curve = [[said("길이 ≤", "length ≤"), said("글", "texts"), "%"]]
    curve += [
        [f"{point['up_to']:,}", f"{point['texts']:,}", f"{point['share'] * 100:.3f}"]
        for point in document["lengths"]
    ]
    return [*table(facts), "", *table(curve, right=range(3))]
