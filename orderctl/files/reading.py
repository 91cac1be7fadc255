"""Reading a file of any format as a stream of records.

Knows which format a file is in; how to read it is for `json_document`, `json_records` and `yaml_records`.
"""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO

import msgspec

from orderctl.files.inputs import form_of, named, open_bytes
from orderctl.files.json_cut import Brackets
from orderctl.files.json_document import read_json
from orderctl.files.json_records import read_lines
from orderctl.files.record import MAX_BYTES, Envelopes, Expected, Flaw, Format, Record, fault
from orderctl.files.stream import CHUNK, stream


def read(
    file: str,
    envelopes: Envelopes,
    input_format: Format | None = None,
    expected: Expected | None = None,
    copy: BinaryIO | None = None,
) -> Iterator[Record]:
    """Read the records of a file or of standard input (`-`) one at a time; failing reads raise `NoInput`.

    A JSON record that the quick decoder of the kind `expected` vouches for is taken as it gives it.
    `copy` takes what is read of standard input.
    """
    with closing(open_bytes(file, copy)) as source:
        yield from read_stream(source, named(file), envelopes, input_format or form_of(file), expected)


def read_stream(
    source: BinaryIO, name: str, envelopes: Envelopes, form: Format | None = None, expected: Expected | None = None
) -> Iterator[Record]:
    """Read the records of an open file as `read` does; the name is for findings."""
    head = source.read(_HEAD)
    flaw = _not_text(head)
    if flaw is not None:
        yield Record(name, 0, None, fault(flaw, name, 0, 1, 1), form or "json", "bare", 1)
        return
    head = head.removeprefix(_BOM)
    form = form or _sniffed(head)
    if form == "json":
        head, lines = _several_lines(head, source)
        form = "ndjson" if lines else "json"
    text = _rejoined(head, source)
    if form == "yaml":
        from orderctl.files.yaml_records import read_yaml

        yield from read_yaml(text, name, envelopes)
    else:
        yield from (read_json if form == "json" else read_lines)(text, name, envelopes, expected)


def _rejoined(head: bytes, rest: BinaryIO) -> BinaryIO:
    """Bytes already read, then the rest of their source."""
    begun = io.BytesIO(head)
    return stream(lambda size: begun.read(size) or rest.read(size))


def _not_text(head: bytes) -> Flaw | None:
    """Name an encoding or a packing that is not ours."""
    for start, what in _NOT_TEXT:
        if head.startswith(start):
            return Flaw("encoding", f"The file is {what}.")
    wide = _WIDE.get(bytes(byte == 0 for byte in head[:4]))
    return None if wide is None else Flaw("encoding", f"The file is UTF-{wide}; save it as UTF-8.")


def _sniffed(head: bytes) -> Format:
    """Tell the format of a text from how it begins."""
    text = head.lstrip(_BLANKS)
    if text[:1] in (b"{", b"["):
        return "json"
    try:
        msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return "yaml"
    return "json"


def _several_lines(head: bytes, source: BinaryIO) -> tuple[bytes, bool]:
    """Whether a text is JSON Lines: its first line is an object, and another begins on a line below.

    Returns the head, read further where that was needed.
    """
    if head.lstrip(_BLANKS)[:1] != b"{":
        return head, False
    while len(head) <= MAX_BYTES:
        line, _, below = head.lstrip(_BLANKS).partition(b"\n")
        below = below.lstrip(_BLANKS)
        more = b"" if below else source.read(max(CHUNK, len(head)))
        if not more:
            line = line.rstrip(_BLANKS)
            return head, below[:1] == b"{" and Brackets().end(line, 0) == len(line)
        head += more
    return head, False


_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"
_HEAD = CHUNK
_WIDE = {b"\0\1\0\1": 16, b"\1\0\1\0": 16, b"\0\1": 16, b"\1\0": 16, b"\0\1\1\1": 32, b"\1\1\1\0": 32}
_NOT_TEXT = (
    (b"\x00\x00\xfe\xff", "UTF-32; save it as UTF-8"),
    (b"\xff\xfe\x00\x00", "UTF-32; save it as UTF-8"),
    (b"\xff\xfe", "UTF-16; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16; save it as UTF-8"),
    (b"\x1f\x8b", "packed with gzip; unpack it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"BZh", "packed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "packed with xz; unpack it first"),
    (b"(\xb5/\xfd", "packed with zstd; unpack it first"),
)
