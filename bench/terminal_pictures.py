"""The docs' picture of a terminal: what commands print in colour, drawn by a browser.

Runs the commands in a terminal of its own, so that they colour as they do for people. Needs a
Chromium, a Korean font of one width (Nanum Gothic Coding or D2Coding) and DejaVu Sans Mono.

Run: ``python bench/terminal_pictures.py [--to docs/images]``
"""

from __future__ import annotations

import argparse
import os
import pty
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
KOSENT = [sys.executable, "-c", "from kosent_cli.main import main; main()"]
COLUMNS = 88
COMMANDS = [
    ["explain", "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다"],
    ["explain", "배우는 좋은데 이야기가 별로 재미 없었다"],
    ["trace", "배우는 좋은데 이야기가 별로 재미 없었다"],
]
# Block elements take two cells in Korean fonts of one width, where terminals give them one.
STYLE = """
@font-face { font-family: Blocks; src: local("DejaVu Sans Mono");
             unicode-range: U+00B7, U+2580-259F;
             size-adjust: 83.06%; }
body { margin: 0; background: #ffffff; }
pre { font: 16px/1.3 Blocks, "NanumGothicCoding", "D2Coding", "Noto Sans Mono CJK KR", monospace;
      margin: 0; padding: 18px 22px; white-space: pre; display: inline-block; }
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--to", type=Path, default=Path("docs/images"))
    given = parser.parse_args()
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program is not None, f"none of {', '.join(PROGRAMS)} is on the path"
    for language in ("ko", "en"):
        lines = [each for command in COMMANDS for each in shown(command, language)]
        write(program, lines, given.to / f"terminal-{language}.png")


def shown(command: list[str], language: str) -> list[Text]:
    """Return a command as it is typed, and what it prints."""
    words = [f'"{word}"' if " " in word else word for word in command]
    prompt = Text.assemble(("$ ", "dim"), ("kosent " + " ".join(words), "bold"))
    printed = printed_by([*KOSENT, *command], language)
    return [prompt, *Text.from_ansi(printed.strip("\n")).split("\n"), Text("")]


def printed_by(line: list[str], language: str) -> str:
    """Run a program in a terminal and return all that it prints there."""
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    environment |= {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "KOSENT_LANG": language}
    process = subprocess.Popen(line, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    parts = []
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not block:
            break
        parts.append(block)
    os.close(ours)
    assert process.wait() == 0
    return b"".join(parts).decode().replace("\r\n", "\n")


def write(program: str, lines: list[Text], target: Path) -> None:
    """Draw lines as they stand in a terminal."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    for line in lines:
        console.print(line, soft_wrap=True)
    style = STYLE.replace("{", "{{").replace("}", "}}")
    template = f"<meta charset=utf-8><style>{style}</style><pre>{{code}}</pre>"
    page = console.export_html(code_format=template, inline_styles=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "terminal.html"
        source.write_text(page)
        height = 40 + round(20.8 * len(lines))
        size = f"--window-size={COLUMNS * 9 + 30},{height}"
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", size]
        subprocess.run(
            [program, *options, f"--screenshot={target.resolve()}", source.as_uri()],
            check=True,
            capture_output=True,
        )
    print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
