"""``kosent bench``."""

from __future__ import annotations

import click

from kosent.evaluation.leaderboard import DEFAULT_SYSTEMS, Leaderboard, run
from kosent.language import said
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import column_options
from kosent_cli.options import Command, json_option, page
from kosent_cli.output import emit_json, emit_lines, table
from kosent_cli.progress import display
from kosent_cli.session import Session, pass_session

EXAMPLES = """\
kosent bench --corpus nsmc
kosent bench --corpus nsmc --systems fasttext,nb-svm,fast
kosent bench --corpus reviews/ --limit 5000 --json
"""
KOREAN = f"""\
시스템은 kosent의 레시피(kosent list recipes)와 겨룰 것들입니다: tfidf-words, tfidf-characters,
nb-svm, fasttext (pip install 'kosent[bench]'). 기본: {", ".join(DEFAULT_SYSTEMS)}.
시험 자료는 시스템마다 한 번 채점합니다.
"""
ENGLISH = f"""\
Systems are recipes of kosent (kosent list recipes), and what they have to beat: tfidf-words,
tfidf-characters, nb-svm, fasttext (pip install 'kosent[bench]').
Default: {", ".join(DEFAULT_SYSTEMS)}. The test split is scored once for each.
"""


@click.command(
    "bench", cls=Command, help=page(COMMANDS["bench"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.option(
    "--corpus",
    metavar="NAME|PATH",
    default="nsmc",
    help=said("말뭉치 이름이나 파일 경로", "corpus by its name or path") + "  [nsmc]",
)
@column_options
@click.option(
    "--systems",
    metavar="NAME,...",
    help=said("견줄 시스템, 쉼표로 나눔", "systems to compare, with commas between"),
)
@click.option(
    "--limit", type=int, help=said("자료마다 쓸 글 수", "use at most this many rows of each split")
)
@click.option("--seed", type=int, default=0, help=said("난수 시드", "seed") + "  [0]")
@json_option
@pass_session
def command(
    session: Session,
    corpus: str,
    text_column: str | None,
    label_column: str | None,
    systems: str | None,
    limit: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Print the table."""
    names = DEFAULT_SYSTEMS if systems is None else tuple(systems.split(","))
    with display(session) as listener:
        found = run(
            corpus,
            names,
            seed=seed,
            limit=limit,
            text_column=text_column,
            label_column=label_column,
            listener=listener,
        )
    if as_json:
        emit_json(found.to_dict())
    else:
        emit_lines(_lines(found))


def _lines(found: Leaderboard) -> list[str]:
    rows = [["", "accuracy", "95 %", "macro F1", "train s", "texts/s", "MB"]]
    rows += [
        [
            entry.system,
            f"{entry.accuracy:.4f}",
            f"{entry.low:.4f} {entry.high:.4f}",
            f"{entry.macro_f1:.4f}",
            f"{entry.train_seconds:.1f}",
            f"{entry.texts_per_second:,.0f}",
            f"{entry.size / 1e6:.1f}",
        ]
        for entry in found.entries
    ]
    title = f"{found.corpus}  train {found.train_rows:,}  test {found.test_rows:,}"
    return [f"{title}  seed {found.seed}", *table(rows, right=range(1, 7))]
