"""A form as a tree: names with brackets or dots become nesting, indexes become lists.

Knows the encoding of forms and no field. No page shows how Webship nests names, so `items[0][id]`, `items[0].id` and
`items.0.id` are one.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import unquote_plus

Tree: TypeAlias = "str | dict[str, Tree] | list[Tree]"

_MOST_FIELDS = 10_000
_DEEPEST = 8
_NAME = re.compile(r"[^\[\].]+(\.[^\[\].]+|\[[^\[\].]+\])*")
_PART = re.compile(r"[^\[\].]+")
_INDEX = re.compile(r"[0-9]+")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Malformed(Exception):
    """A form that cannot be read; `str()` says why, and repeats nothing that was sent."""


def read_form(body: bytes) -> dict[str, Tree]:
    """The fields of an `application/x-www-form-urlencoded` body, nested as their names say.

    Raises Malformed for a broken escape, text that is not UTF-8, a field without "=", and a name that is no name, that
    stands twice, or that is both a value and a group.
    """
    fields: dict[str, Tree] = {}
    for name, value in _pairs(body):
        _put(fields, name, value)
    return {name: _listed(value) for name, value in fields.items()}


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode("utf-8")
        if _BROKEN_ESCAPE.search(text):
            raise Malformed("a percent sign is not followed by two hexadecimal digits")
        pieces = [piece for piece in text.split("&") if piece]
        if len(pieces) > _MOST_FIELDS:
            raise Malformed(f"more than {_MOST_FIELDS:,} fields")
        if not all("=" in piece for piece in pieces):
            raise Malformed('a field has no "="')
        split = (piece.partition("=") for piece in pieces)
        return [(unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")) for name, _, value in split]
    except UnicodeDecodeError:
        raise Malformed("the text is not UTF-8") from None


def _put(fields: dict[str, Tree], name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise Malformed("a name is not of the form name, name[part] or name.part")
    *groups, last = _PART.findall(name)
    if len(groups) >= _DEEPEST:
        raise Malformed(f"a name is nested deeper than {_DEEPEST} levels")
    place = fields
    for part in groups:
        inner = place.setdefault(part, {})
        if not isinstance(inner, dict):
            raise Malformed("a name is both a value and a group")
        place = inner
    if last in place:
        raise Malformed("a field stands twice")
    place[last] = value


def _listed(value: Tree) -> Tree:
    """The value, with every group whose names are all indexes as a list."""
    if not isinstance(value, dict):
        return value
    inner: Mapping[str, Tree] = {name: _listed(each) for name, each in value.items()}
    if all(_INDEX.fullmatch(name) for name in inner):
        return [inner[name] for name in sorted(inner, key=lambda name: (len(name.lstrip("0")), name.lstrip("0")))]
    return dict(inner)
