"""One JSON text: decoding it strictly, with every digit kept.

Knows nothing of files or envelopes. The quick way proves with a few counts that nothing is odd;
only an odd text is walked byte by byte (`json_flaws`).
"""

import re
from decimal import Decimal

import msgspec

from orderctl.files.json_flaws import examine, number_limit
from orderctl.files.record import MAX_DEPTH, MAX_DIGITS, Flaw, Known


def decode(raw: bytes) -> object | Flaw:
    """Decode one JSON text into plain values with ints and Decimals; a `Flaw` where it is not strict JSON."""
    try:
        document: object = _decode(raw)
        if _same_again(raw, document):
            return document
        keys = _keys(document, 1)
    except _FAILURES as error:
        return examine(raw) or Flaw("broken", f"The text is not valid JSON: {error}.")
    if keys == raw.count(b'":') and not _odd(raw):
        return document
    flaw = examine(raw)
    return document if flaw is None else flaw


def vouched(raw: bytes, known: Known, spelled: bytearray) -> object | None:
    """What a quick decoder makes of a text; None where the decoder doubts it, or where the text holds more.

    `spelled` is room for what the document spells, taken again for the next.
    """
    document = known.read(raw)
    if document is None:
        return None
    try:
        _encode_into(document, spelled)
        proven = _is_same(spelled, raw) and (known.flat or _is_shallow(raw, document))
    except _FAILURES:
        return None
    odd = _has_nul(raw) or not (known.whole or (_EXPONENT.search(raw) is None and not _has_long_number(raw)))
    return document if proven and not odd else None


def _same_again(raw: bytes, document: object) -> bool:
    """Whether a text is, but for blanks, what its document spells: then no key stood twice, and nothing is odd.

    The quickest proof, for what programs write; any other text is counted.
    """
    return _is_same(_encode(document), raw) and _is_shallow(raw, document) and not _is_beyond_counts(raw)


def _is_same(spelled: bytes | bytearray, raw: bytes) -> bool:
    """Whether a text is, but for blanks, what its document spells."""
    return spelled == raw or (len(spelled) <= len(raw) and spelled == _without_blanks(raw, indent=-1))


def _is_shallow(raw: bytes, document: object) -> bool:
    """Whether a document is not nested too deep."""
    return raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH or _keys(document, 1) > 0


class _BeyondLimit(ValueError):
    """The document is deeper, or a number longer, than is allowed."""


def _number(text: str) -> Decimal:
    if len(text) > _SHORT and (len(text) > MAX_DIGITS or "e" in text or "E" in text) and number_limit(text):
        raise _BeyondLimit
    return Decimal(text)


def _keys(value: object, depth: int) -> int:
    """Count the keys of a document, refusing depth beyond the limit."""
    if depth > MAX_DEPTH and value.__class__ in _NESTS:
        raise _BeyondLimit
    count = 0
    if value.__class__ is dict:
        count = len(value)
        for inner in value.values():
            if inner.__class__ in _NESTS:
                count += _keys(inner, depth + 1)
    elif value.__class__ is list:
        for inner in value:
            if inner.__class__ in _NESTS:
                count += _keys(inner, depth + 1)
    return count


def _odd(raw: bytes) -> bool:
    """Whether the counts prove nothing: blanks before a colon, an escaped NUL, a very long number."""
    return (
        b" :" in raw
        or (b"\n" in raw and b"\n:" in raw)
        or (b"\t" in raw and b"\t:" in raw)
        or (b"\r" in raw and b"\r:" in raw)
        or _is_beyond_counts(raw)
    )


def _is_beyond_counts(raw: bytes) -> bool:
    """Whether there is an escaped NUL, or what may be a very long number."""
    return _has_nul(raw) or _has_long_number(raw)


def _has_nul(raw: bytes) -> bool:
    return b"\\" in raw and b"\\u0000" in raw


def _has_long_number(raw: bytes) -> bool:
    return len(raw) > MAX_DIGITS and _LONG.search(raw[:: MAX_DIGITS // 4]) is not None


_EXPONENT = re.compile(rb"E[-+][0-9]{4}")  # decoders of known shapes have no hook that counts
_SHORT = len("1e999")  # no shorter number is beyond a limit
_NESTS = (dict, list)
_LONG = re.compile(rb"[0-9.]{4}")  # a run of over 1,000 digits shows in four neighbours of every 250th byte
_FAILURES = (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError)
_without_blanks = msgspec.json.format
_encoder = msgspec.json.Encoder(decimal_format="number")
_encode, _encode_into = _encoder.encode, _encoder.encode_into
_decode = msgspec.json.Decoder(float_hook=_number).decode
