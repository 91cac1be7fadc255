"""Whether the JSON object that begins a text is an envelope, without decoding its orders.

Knows no shape and makes no record.
"""

import re
from collections.abc import Sequence

import msgspec

from orderctl.files.json_cut import Brackets
from orderctl.files.record import Envelopes

Names = tuple[str, ...]


def whole_envelope(raw: bytes, envelopes: Envelopes) -> Names | None:
    """The path to the orders of a whole document; raises `ValueError`, `RecursionError` for a broken one."""
    return _whole(raw, envelopes.paths, envelopes)


def begun_envelope(data: bytes, at: int, envelopes: Envelopes) -> Names | None:
    """The path to the orders, judged by the keys up to them: for documents that are broken or large."""
    return _begun(data, at, envelopes.paths, envelopes)


def _whole(raw: bytes | msgspec.Raw, paths: Sequence[Names], envelopes: Envelopes) -> Names | None:
    members = _members(raw)
    name = envelopes.only(members)
    if name is None:
        return None
    inner = [path[1:] for path in paths if path[0] == name]
    start = bytes(memoryview(members[name])[:1])
    deeper = [path for path in inner if path]
    rest = _whole(members[name], deeper, envelopes) if deeper and start == b"{" else None
    if rest is None and () in inner and start in _NESTS:
        rest = ()
    return None if rest is None else (name, *rest)


def _begun(data: bytes, at: int, paths: Sequence[Names], envelopes: Envelopes) -> Names | None:
    at += 1
    while match := _KEY.match(data, at):
        try:
            name = msgspec.json.decode(match[1], type=str)
        except ValueError:
            return None
        at = match.end()
        start = data[at : at + 1]
        inner = [path[1:] for path in paths if path[0] == name]
        if inner:
            deeper = [path for path in inner if path]
            rest = _begun(data, at, deeper, envelopes) if deeper and start == b"{" else None
            if rest is None and () in inner and start in _NESTS:
                rest = ()
            return None if rest is None else (name, *rest)
        at = _behind(data, at) if name in envelopes.beside else -1
        if at < 0:
            return None
    return None


def _behind(data: bytes, at: int) -> int:
    """The offset behind the comma that follows a value; -1 when there is none."""
    if data[at : at + 1] in (b'"', b"{", b"["):
        brackets = Brackets()
        brackets.quoted = data[at : at + 1] == b'"'
        at = brackets.end(data, at + brackets.quoted)
    comma = _COMMA.match(data, at) if at >= 0 else None
    return comma.end() if comma else -1


_NESTS = (b"{", b"[")
_KEY = re.compile(rb'[ \t\r\n]*("(?:[^"\\]++|\\.)*+")[ \t\r\n]*:[ \t\r\n]*')
_COMMA = re.compile(rb"[^,{}\[\]\"]*,")
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
