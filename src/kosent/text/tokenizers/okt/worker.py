"""What a worker process does: a line of eojeols in, a line of analyses out."""

from __future__ import annotations

import gc
from collections.abc import Mapping

from kosent.support.processes import Parent
from kosent.text.openkorean.engine import Engine
from kosent.text.tokenizers.okt.analyses import pack


def serve(norm: bool, stem: bool, words: Mapping[str, str]) -> None:
    """Answer until there are no more questions.

    Args:
        norm: Mend spelling.
        stem: Reduce verbs and adjectives to their dictionary form.
        words: Words of the user's and their tags.
    """
    parent = Parent()
    engine = Engine(norm=norm, stem=stem)
    if words:
        engine.add_words(words)
    engine.tag_all([])
    gc.freeze()  # the dictionary; to search it for garbage again and again took a fifth
    for eojeols in parent.lines():
        parent.send([pack(tokens) for tokens in engine.tag_all(eojeols)])
