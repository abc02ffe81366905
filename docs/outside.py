"""For the site: pages that stand beside what they describe, such as the cards of corpora.

On a forge ``../../corpora/nsmc.md`` is a file of the repository. A site has only what is below
``docs/``, so the pages that links lead to outside of it are taken in, as ``repository/...``.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files, InclusionLevel

REPOSITORY = Path(__file__).resolve().parents[1]
TAKEN = "repository"
_LINK = re.compile(r"\]\(([^)\s#:]+\.md)((?:#[^)\s]*)?)\)")


def on_files(files: Files, *, config: Any) -> Files:
    """Add every page outside of ``docs/`` that a page links to, and what those link to."""
    left = [(f"docs/{file.src_uri}", file.abs_src_path) for file in files.documentation_pages()]
    seen = set()
    while left:
        place, path = left.pop()
        for link, _ in _LINK.findall(Path(path).read_text("utf-8")):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(place), link))
            source = REPOSITORY / target
            if target.startswith(("docs/", "..")) or target in seen or not source.is_file():
                continue
            seen.add(target)
            left.append((target, source))
            taken = File.generated(config, f"{TAKEN}/{target}", abs_src_path=str(source))
            taken.inclusion = InclusionLevel.NOT_IN_NAV
            files.append(taken)
    return files


def on_page_markdown(markdown: str, *, page: Any, files: Files, **_: Any) -> str:
    """Point links that lead out of ``docs/`` to the pages that were taken in."""
    here = page.file.src_uri
    taken = here.startswith(f"{TAKEN}/")
    place = here.removeprefix(f"{TAKEN}/") if taken else f"docs/{here}"

    def turned(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(place), match[1]))
        inside = target.startswith("docs/")
        wanted = target.removeprefix("docs/") if inside else f"{TAKEN}/{target}"
        if (inside and not taken) or files.get_file_from_path(wanted) is None:
            return match[0]
        return f"]({posixpath.relpath(wanted, posixpath.dirname(here))}{match[2]})"

    return _LINK.sub(turned, markdown)
