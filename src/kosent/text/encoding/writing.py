"""The files of a fitted encoder, written; ``kosent.text.encoding.files`` reads them."""

from __future__ import annotations

from kosent.errors import UsageError
from kosent.support.signed import to_json
from kosent.text.encoding.files import ENCODER_FILE, EXTRA, VOCABULARY_FILE, EncoderRecord
from kosent.text.tokenizers import TOKENIZERS


def write_files(record: EncoderRecord) -> dict[str, bytes]:
    """Lay a fitted encoder out as files by name.

    Raises:
        UsageError: If the tokenizer is none of kosent's own, so that no file can bring it back.
    """
    state = record.tokenizer.state()
    if state.name not in TOKENIZERS:
        raise UsageError(
            f"직접 만든 토크나이저({state.name})를 쓴 인코더는 저장할 수 없습니다. "
            f"저장할 수 있는 토크나이저: {', '.join(TOKENIZERS)}",
            f"an encoder with a tokenizer of your own ({state.name}) cannot be saved. "
            f"Those that can: {', '.join(TOKENIZERS)}",
        )
    files = dict(state.files)
    if not files:
        files[VOCABULARY_FILE] = record.vocabulary.to_bytes()
    settings = {
        "cleaning_options": record.cleaner.options,
        "truncate": record.truncate,
        "drop_unknown": record.drop_unknown,
    }
    dropping = record.drop_unknown or record.truncate != "post"
    number = 3 if dropping else 2 if record.cleaner.options else 1
    document = {
        "format": number,
        "cleaning": record.cleaner.preset,
        **{name: settings[name] for name in EXTRA[number].split()},
        "tokenizer": {
            "name": state.name,
            "settings": state.settings,
            "files": sorted(state.files),
        },
        "vocabulary": {
            "entries": len(record.vocabulary),
            "size_limit": record.vocabulary_size,
            "min_count": record.min_count,
        },
        "max_length": {"asked": record.max_length, "learned": record.learned_max_length},
    }
    return {ENCODER_FILE: to_json(document), **files}
