"""Keyed hashes of what was sent: enough to see a change, too little to read it.

Knows no system and no journal. A plain hash of a postal code is the postal code: five digits are soon tried out.
So every hash is an HMAC-SHA-256 under a random key in the state directory.
"""

import hmac
import os
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path as File
from typing import TypeAlias

import msgspec

from orderctl.errors import JournalError
from orderctl.paths import spell

KEY_FILE = "journal.key"
_LEAF = 8

Leaves: TypeAlias = tuple[tuple[str, ...], bytes]
Meaning: TypeAlias = Callable[[str, object], object]
"""What a leaf means, by its name and value."""

_encode = msgspec.json.Encoder(decimal_format="number", order="sorted").encode


class Fingerprints:
    """Hashes of documents and texts under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._document = hmac.new(key, b"document\0", "sha256")

    def text(self, text: str) -> bytes:
        """The hash of a text, 16 bytes."""
        return hmac.digest(self._key, b"text\0" + text.encode("utf-8", "surrogatepass"), "sha256")[:16]

    def document(self, document: object) -> bytes:
        """The hash of a whole document, 16 bytes; the order of keys does not count."""
        begun = self._document.copy()
        begun.update(_encode(document))
        return begun.digest()[:16]

    def leaves(self, document: object, meaning: Meaning) -> Leaves:
        """The spelled paths of a document's leaves, and the hashes of their meanings in one row, 8 bytes each."""
        paths, hashes = [], []
        for path, name, value in _leaves("", "", document):
            paths.append(path)
            hashes.append(self.leaf(path, meaning(name, value)))
        return tuple(paths), b"".join(hashes)

    def leaf(self, path: str, meaning: object) -> bytes:
        """The hash of what a leaf means, 8 bytes."""
        said = f"{path}\0{type(meaning).__name__}\0{meaning}"
        return hmac.digest(self._key, said.encode("utf-8", "surrogatepass"), "sha256")[:_LEAF]


def changed(before: Leaves, after: Leaves) -> list[str]:
    """The paths whose leaves differ, those that are new and those that are gone."""
    old, new = by_path(before), by_path(after)
    return [path for path in {**new, **old} if old.get(path) != new.get(path)]


def load_key(directory: File, *, make: bool, given: bytes | None = None) -> bytes:
    """The key of this state directory, 32 bytes, made once, at random unless given. Raises JournalError."""
    place = directory / KEY_FILE
    if make and not place.exists():
        _make_key(place, given or secrets.token_bytes(32))
    if not place.exists():
        raise JournalError(
            f"{place}: not there, and the journal cannot be read without it: restore it, or copy it from the host "
            "where the journal was begun; nothing was sent"
        )
    key = place.read_bytes()
    if len(key) != 32:
        raise JournalError(f"{place}: {len(key)} bytes, not the 32 of a journal key: restore the file")
    return key


def _make_key(place: File, key: bytes) -> None:
    draft = place.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, place)
    except FileExistsError:
        pass  # another run was first; its key is the key
    finally:
        os.unlink(draft)


def by_path(leaves: Leaves) -> dict[str, bytes]:
    """The hashes by their paths."""
    paths, hashes = leaves
    return {path: hashes[at * _LEAF : (at + 1) * _LEAF] for at, path in enumerate(paths)}


def _leaves(path: str, name: str, value: object) -> list[tuple[str, str, object]]:
    """The leaves under a spelled path, each with the last name in its own: items[0].sku → sku."""
    if isinstance(value, dict) and value:
        return [leaf for key, inner in value.items() for leaf in _leaves(_under(path, key), key, inner)]
    if isinstance(value, list) and value:
        return [leaf for at, inner in enumerate(value) for leaf in _leaves(f"{path}[{at}]", name, inner)]
    return [(path, name, value)]


@lru_cache(maxsize=4096)
def _under(path: str, key: str) -> str:
    spelled = spell((key,))
    return f"{path}.{spelled}" if path and not spelled.startswith("[") else path + spelled
