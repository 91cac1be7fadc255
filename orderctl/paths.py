"""Places inside a document: how a path is spelled for people, and read back.

Knows nothing of shapes. A path is a tuple of keys and 0-based indexes.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PART = re.compile(r'\.?([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')


def spell(path: Path) -> str:
    """Write a path as `items[0].price`; keys that are not plain words as `["a b"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += '["' + part.replace("\\", "\\\\").replace('"', '\\"') + '"]'
    return text


def unspell(text: str) -> Path | None:
    """Read a spelled path back; None when the text is not one."""
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None:
            return None
        word, index, quoted = match.groups()
        if index is not None:
            parts.append(int(index))
        else:
            parts.append(word if word is not None else re.sub(r"\\(.)", r"\1", quoted))
        at = match.end()
    return tuple(parts)


def look(document: object, path: Path | None) -> object:
    """The value at a path of a document; None where there is none."""
    if path is None:
        return None
    for part in path:
        if isinstance(document, list):
            document = document[part] if isinstance(part, int) and part < len(document) else None
        elif isinstance(document, (dict, Mapping)) and isinstance(part, str):
            document = document.get(part)
        else:
            return None
    return document
