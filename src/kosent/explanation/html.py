"""An explanation as HTML: a fragment with nothing outside it, and a page of several.

What users typed is escaped, kept from changing the direction of what stands around it, and freed of
characters that HTML cannot hold. Colours are those that people with any colour vision tell apart,
and signs and numbers say the same without them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from kosent.explanation.explanation import signed
from kosent.language import language, said

if TYPE_CHECKING:
    from kosent.explanation.explanation import Explanation, Part

_FOR, _AGAINST = "0,114,178", "213,94,0"  # blue and vermilion of Okabe and Ito
_STRONGEST = 0.55  # opacity: black on it keeps a contrast above 4.5
# What HTML may not contain, and marks of direction that reach beyond their element.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def fragment(explanation: Explanation, label: str) -> str:
    """Return an explanation as a ``div``.

    Args:
        explanation: The explanation.
        label: The label that colours and numbers are of.
    """
    parts = explanation.parts
    strongest = max((abs(part.contributions[label]) for part in parts), default=0.0)
    shown, end = [], 0
    for part in parts:
        shown.append(_text(explanation.text[end : part.start]))
        shown.append(_part(part, label, strongest))
        end = part.end
    shown.append(_text(explanation.text[end:]))
    return (
        '<div class="kosent-explanation" style="font-family:sans-serif;line-height:2.4">'
        f"{_head(explanation, label)}"
        '<div class="kosent-text" style="white-space:pre-wrap;overflow-wrap:anywhere;'
        f'unicode-bidi:isolate">{"".join(shown)}</div></div>'
    )


def document(explanations: Sequence[Explanation], label: str | None = None) -> str:
    """Return explanations as a page of HTML.

    Args:
        explanations: The explanations.
        label: The label that colours and numbers are of; of each its own without it.
    """
    body = "\n".join(each.to_html(label) for each in explanations)
    title = escape(said("kosent 설명", "kosent explanations"))
    tongue = "en" if language() == "en" else "ko"
    return (
        f'<!doctype html>\n<html lang="{tongue}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n</head>\n"
        '<body style="max-width:50em;margin:2em auto;padding:0 1em;background:#fff;color:#000">\n'
        f"{body}\n</body>\n</html>\n"
    )


def _head(explanation: Explanation, label: str) -> str:
    listed = ", ".join(f"{name} {p:.4f}" for name, p in explanation.probabilities.items())
    legend = said(
        f"+는 {label} 쪽, -는 반대쪽 (로그 오즈)", f"+ for {label}, - against it (log-odds)"
    )
    base, residual = signed(explanation.base[label]), signed(explanation.residual[label])
    numbers = said(f"빈 글 {base}, 나머지 {residual}", f"empty text {base}, residual {residual}")
    return (
        '<div class="kosent-head" style="font-size:85%;line-height:1.5">'
        f"<b>{_text(label)}</b> ({_text(listed)}) · {escape(explanation.method)}<br>"
        f"{_text(legend)} · {numbers}</div>"
    )


def _part(part: Part, label: str, strongest: float) -> str:
    value = part.contributions[label]
    opacity = _STRONGEST * abs(value) / strongest if strongest else 0.0
    colour = _FOR if value >= 0 else _AGAINST
    line = "solid" if value >= 0 else "dashed"
    title = ", ".join(f"{name} {signed(each)}" for name, each in part.contributions.items())
    return (
        f'<span class="kosent-part" title="{_text(title)}" style="unicode-bidi:isolate;'
        f"padding:.15em .1em;border-radius:.2em;background:rgba({colour},{opacity:.2f});"
        f'border-bottom:2px {line} rgba({colour},{min(2 * opacity, 1):.2f})">{_text(part.text)}'
        f'<sub style="font-size:65%;user-select:none">{signed(value)}</sub></span>'
    )


def _text(text: str) -> str:
    """Escape what users typed."""
    return escape(_DIRECTION.sub("", _FORBIDDEN.sub("\ufffd", text)))
