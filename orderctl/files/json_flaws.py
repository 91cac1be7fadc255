"""What is wrong with a JSON text, and at which byte: the exact, slow walk.

Knows nothing of files; it runs only on texts that the quick way could not vouch for.
The place of a flaw is the first byte that cannot be right.
"""

import re

import msgspec

from orderctl.files.record import MAX_DEPTH, MAX_DIGITS, MAX_EXPONENT, Flaw
from orderctl.paths import Path


def examine(raw: bytes) -> Flaw | None:
    """Walk one JSON text to its first flaw; None when it is strict JSON within the limits."""
    return _Walk(raw).run()


def not_utf8(byte: int) -> str:
    """Say that a byte is not UTF-8."""
    return f"The byte 0x{byte:02X} is not UTF-8; save the file as UTF-8."


def number_limit(text: str) -> str | None:
    """Say which limit the text of a JSON number breaks; None when it breaks none."""
    mantissa, _, exponent = text.lower().partition("e")
    digits = len(mantissa) - mantissa.count("-") - mantissa.count(".")
    if digits > MAX_DIGITS:
        return f"A number has {digits:,} digits, at most {MAX_DIGITS:,} are allowed."
    size = exponent.lstrip("+-0")
    if len(size) > len(str(MAX_EXPONENT)) or (size and int(size) > MAX_EXPONENT):
        shown = exponent if len(exponent) <= _SHOWN else exponent[:_SHOWN] + "..."
        return f"A number has the exponent {shown}, at most {MAX_EXPONENT:,} either way is allowed."
    return None


class _Found(Exception):
    """The first flaw, which ends the walk."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw


class _Frame:
    """An object or array that is still open, and the keys that it has so far."""

    __slots__ = ("closer", "keys", "name", "start")

    def __init__(self, closer: bytes, start: int) -> None:
        self.closer = closer
        self.start = start
        self.keys: dict[str, int] = {}
        self.name: str | int | None = None if closer == b"}" else 0


class _Walk:
    """One walk over the bytes of a document, from value to value."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0
        self.frames: list[_Frame] = []

    def run(self) -> Flaw | None:
        """Walk to the end, or to the first flaw."""
        try:
            self._value()
            while self.frames:
                self._next()
            if self._solid():
                self._stop("broken", f"The document ends before this, but {self._seen()} follows.")
        except _Found as found:
            return found.flaw
        return None

    def _value(self) -> None:
        """Take one value; an object or array is only opened, at its first key or value."""
        start = self._solid()
        if start in (b"{", b"["):
            self._open(start)
        elif start == b'"':
            self._text()
        else:
            self._scalar()

    def _open(self, start: bytes) -> None:
        if len(self.frames) >= MAX_DEPTH:
            self._stop("limit", f"Nesting goes deeper than {MAX_DEPTH}, the limit.")
        frame = _Frame(b"}" if start == b"{" else b"]", self.at)
        self.at += 1
        if self._solid() == frame.closer:
            self.at += 1
            return
        self.frames.append(frame)
        self._member(frame)

    def _next(self) -> None:
        """Take what stands after a value: a comma and the next member, or the end."""
        frame = self.frames[-1]
        found = self._solid()
        if found == frame.closer:
            self.at += 1
            self.frames.pop()
        elif found == b",":
            self.at += 1
            if isinstance(frame.name, int):
                frame.name += 1
            if self._solid() == frame.closer:
                self._stop("broken", f"There is a comma before {_spell(frame.closer)}; remove it.")
            self._member(frame)
        elif found:
            due = f"a comma or {_spell(frame.closer)}"
            self._stop("broken", f"{due.capitalize()} is due here, found {self._seen()}.")
        else:
            self._ends(frame.start)

    def _member(self, frame: _Frame) -> None:
        if frame.closer == b"}":
            self._key(frame)
        self._value()

    def _key(self, frame: _Frame) -> None:
        found = self._solid()
        if not found:
            self._ends(frame.start)
        if found != b'"':
            self._stop("broken", f"A key in double quotes is due here, found {self._seen()}.")
        start = self.at
        frame.name = None
        key = self._text()
        frame.name = key
        if key in frame.keys:
            message = f'The key "{key}" stands here again; it stands first in {{also}}. Remove one.'
            raise _Found(Flaw("duplicate-key", message, start, self._path(), frame.keys[key]))
        frame.keys[key] = start
        if self._solid() != b":":
            if not self._solid():
                self._ends(frame.start)
            self._stop("broken", f"A colon is due after the key, found {self._seen()}.")
        self.at += 1

    def _text(self) -> str:
        """Take one quoted text and return it."""
        match = _TEXT.match(self.raw, self.at)
        assert match is not None  # a quote stands here
        start, end = self.at, match.end()
        try:
            text = match[0][1:].decode("utf-8")
        except UnicodeDecodeError as error:
            self.at = start + 1 + error.start
            self._stop("encoding", not_utf8(self.raw[self.at]))
        if b"\\" in match[0]:
            self._check_escapes(match[0])
            text = msgspec.json.decode(match[0] + b'"', type=str)
        self.at = end
        if self.raw[end : end + 1] == b'"':
            self.at += 1
            return text
        return self._bad_text(start)

    def _check_escapes(self, token: bytes) -> None:
        start = self.at
        for match in _UNIT.finditer(token):
            escape = match[0].lower()
            self.at = start + match.start()
            if escape == b"\\u0000":
                self._stop("bad-text", "A text holds NUL (\\u0000); remove it.")
            if len(escape) == 6 and escape[2] == ord("d") and escape[3] in b"89abcdef":
                found = match[0].decode()
                self._stop("bad-text", f"A text holds half of a surrogate pair ({found}); remove it.")

    def _bad_text(self, start: int) -> str:
        found = self.raw[self.at : self.at + 1]
        if not found:
            self._ends(start)
        if found == b"\\":
            if len(self.raw) - self.at < 6 and b'"' not in self.raw[self.at :]:
                self.at = len(self.raw)
                self._ends(start)
            self._stop("broken", "The backslash begins no escape that JSON knows; write \\\\ for a backslash.")
        if found == b"\0":
            self._stop("bad-text", "A text holds NUL; remove it.")
        if found in b"\r\n":
            self._stop("broken", "The line ends inside a text: close it with a double quote, or write \\n.")
        self._stop("broken", f"A text holds the control character U+{found[0]:04X}; write it as \\u{found[0]:04x}.")
        return ""

    def _scalar(self) -> None:
        match = _SCALAR.match(self.raw, self.at)
        if match is None:
            self._no_value()
            return
        beyond = number_limit(match[0].decode()) if match.lastgroup == "number" else None
        if beyond:
            self._stop("limit", beyond)
        self.at = match.end()

    def _no_value(self) -> None:
        word = _WORD.match(self.raw, self.at)
        if self.at == len(self.raw):
            self._ends(self.frames[-1].start if self.frames else self.at)
        if word is None:
            self._stop("broken", f"A value is due here, found {self._seen()}.")
        else:
            text = self._words(word[0])
            hint = _HINTS.get(text, "Write a text in double quotes, a number, true, false or null.")
            self._stop("broken", f"{text} is no JSON value. {hint}")

    def _words(self, raw: bytes) -> str:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            self.at += error.start
            self._stop("encoding", not_utf8(self.raw[self.at]))
        return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."

    def _solid(self) -> bytes:
        """Skip blanks; the byte that stands there, empty at the end."""
        match = _BLANKS.match(self.raw, self.at)
        assert match is not None  # matches nothing, too
        self.at = match.end()
        return self.raw[self.at : self.at + 1]

    def _seen(self) -> str:
        """Name the character here, for a message."""
        character = seen(self.raw[self.at : self.at + 4])
        if character is None:
            self._stop("encoding", not_utf8(self.raw[self.at]))
        return str(character)

    def _ends(self, start: int) -> None:
        opened = self.raw[start : start + 1]
        what = f"{_spell(opened)} of {{also}} is not closed" if opened in (b"{", b"[", b'"') else "a value is missing"
        raise _Found(Flaw("broken", f"The text ends here, but {what}.", len(self.raw), self._path(), start))

    def _stop(self, code: str, message: str) -> None:
        raise _Found(Flaw(code, message, self.at, self._path()))

    def _path(self) -> Path:
        return tuple(frame.name for frame in self.frames if frame.name is not None)


def seen(raw: bytes) -> str | None:
    """Name the character that some bytes begin with; None when it is not UTF-8."""
    for size in range(1, 5):
        try:
            return _spell(raw[:size].decode("utf-8").encode())
        except UnicodeDecodeError:
            continue
    return None


def _spell(found: bytes) -> str:
    text = found.decode()
    return {"\ufeff": "a byte order mark"}.get(text, text if text.isprintable() else f"U+{ord(text):04X}")


_BLANKS = re.compile(rb"[ \t\r\n]*+")
_TEXT = re.compile(rb'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_UNIT = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_SCALAR = re.compile(
    rb"(?:(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)|true|false|null)(?![A-Za-z0-9_.+\-\"'\x80-\xff])"
)
_WORD = re.compile(rb"[A-Za-z0-9_.+\-'\x80-\xff]+")
_SHOWN = 40
_NO_NUMBER = "JSON has no such number; write a number or null."
_HINTS = {
    "NaN": _NO_NUMBER,
    "Infinity": _NO_NUMBER,
    "-Infinity": _NO_NUMBER,
    "None": "Write null.",
    "True": "Write true.",
    "False": "Write false.",
    "undefined": "Write null.",
}
