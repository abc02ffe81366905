"""From a page to the bytes of its HTML file.

All that is printed goes through one door (:func:`_printed`): what could break a line or turn the
direction of writing is shown as its escape, and Jinja2 escapes the rest. Pictures and explanations
are HTML of kosent's own, which has escaped what it holds.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kosent.errors import UsageError
from kosent.plotting.palette import variables
from kosent.reporting.parts import Page, Reader
from kosent.support.files import write_file
from kosent.support.printable import one_line
from kosent.support.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment

SUFFIXES = (".html", ".htm")
_TEMPLATES = Path(__file__).parent / "templates"
_NO_HTML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def check_name(path: str | Path) -> None:
    """Check that a report may be named so, before anything is measured for it.

    Raises:
        UsageError: If it does not end in ``.html`` or ``.htm``.
    """
    if Path(path).suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"보고서의 이름은 .html로 끝나야 합니다. 받은 값: {str(path)!r}",
            f"the name of a report has to end in .html. Received: {str(path)!r}",
        )


def write_page(page: Page, path: Path, reader: Reader) -> None:
    """Write a page; whole or not at all.

    Raises:
        RuntimeSetupError: If the disk refuses.
    """
    write_file(path, rendered(page, reader).encode())


def rendered(page: Page, reader: Reader) -> str:
    """Return a page as HTML."""
    html = (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            sections=[section for section in page.sections if section.parts],
            say=reader,
            language=reader.language,
            version=__version__,
            colours=variables(),
        )
    )
    return _NO_HTML.sub("\ufffd", html)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _printed(value: Any) -> Any:
    """Return what is printed of a value; HTML stays what it is, and so do numbers."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return one_line(value)
    return value
