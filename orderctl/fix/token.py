"""One value's own text in a file: finding it at its offset, and spelling another value in its place.

Knows how JSON and YAML write scalars; knows no order. What is not certain is refused with its reason.
"""

import re
from decimal import Decimal
from typing import NamedTuple

import yaml

from orderctl.files import Format, json_bytes
from orderctl.files.json_text import decode


class Token(NamedTuple):
    """The bytes that a value has in the text, and those that are to replace them."""

    old: bytes
    new: bytes


def token(body: bytes, at: int, form: Format, before: object, after: object) -> Token | str:
    """The edit of the value at an offset, which must read as `before`; else why there is none."""
    return _yaml(body, at, before, after) if form == "yaml" else _json(body, at, before, after)


def _json(body: bytes, at: int, before: object, after: object) -> Token | str:
    found = _JSON.match(body, at)
    if found is None or decode(found[0]) != before:
        return NOT_THERE
    return Token(found[0], json_bytes(after, indent=False) if isinstance(after, str) else _digits(after))


def _yaml(body: bytes, at: int, before: object, after: object) -> Token | str:
    start = body[at : at + 1]
    if start in (b"|", b">"):
        return "it is written as a block (| or >)"
    if not isinstance(before, str):
        return NOT_THERE
    if start in (b'"', b"'"):
        return _quoted(body, at, before, after)
    old = before.encode()
    if not old or not body.startswith(old, at):
        return "it is not written on one line"
    if isinstance(after, str):
        numbers = _NUMBER.fullmatch(before) and _NUMBER.fullmatch(after)
        return Token(old, after.encode() if numbers or not _mistakable(after) else b'"%b"' % after.encode())
    return Token(old, _digits(after))


def _quoted(body: bytes, at: int, before: str, after: object) -> Token | str:
    found = (_DOUBLE if body[at : at + 1] == b'"' else _SINGLE).match(body, at)
    if found is None:
        return "it is not written on one line"
    try:
        written = yaml.load(found[0].decode(), yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError):
        written = None
    if written != before:
        return NOT_THERE
    quote = found[0][:1]
    return Token(found[0], quote + after.encode() + quote if isinstance(after, str) else _digits(after))


def _digits(number: object) -> bytes:
    """A number with all its digits, without an exponent."""
    return (format(number, "f") if isinstance(number, Decimal) else str(number)).encode()


def _mistakable(text: str) -> bool:
    """Whether another reader of YAML could take a bare text for a number or a truth value."""
    return not text[:1].isalpha() or text.lower() in _WORDS


NOT_THERE = "its place in the text is not certain"
_JSON = re.compile(rb'"(?:[^"\\]|\\.)*+"|-?[0-9][0-9.eE+-]*+')
_DOUBLE = re.compile(rb'"(?:[^"\\\r\n]|\\[^\r\n])*+"')
_SINGLE = re.compile(rb"'(?:[^'\r\n]|'')*+'")
_NUMBER = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
