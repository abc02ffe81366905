"""What a worker process does: a line of eojeols in, a line of analyses out, as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from kosent.text.openkorean.engine import Engine
from kosent.text.tokenizers.okt.analyses import pack


def serve(norm: bool, stem: bool, words: Mapping[str, str]) -> None:
    """Answer until there are no more questions.

    Args:
        norm: Mend spelling.
        stem: Reduce verbs and adjectives to their dictionary form.
        words: Words of the user's and their tags.
    """
    engine = Engine(norm=norm, stem=stem)
    if words:
        engine.add_words(words)
    for line in sys.stdin.buffer:
        analyses = [pack(engine.tag(eojeol)) for eojeol in json.loads(line)]
        sys.stdout.buffer.write(json.dumps(analyses).encode() + b"\n")
        sys.stdout.buffer.flush()
