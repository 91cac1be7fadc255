"""Real files and what chance makes of them: bytes flipped, cut, doubled and spliced, tokens put in.

Knows bytes; knows no order. The same chance makes the same files.
"""

import random

from conftest import ROOT

SUFFIXES = (".json", ".ndjson", ".yaml")
_WORDS = (
    '{ } [ ] , : " \' \\ null true NaN -Infinity 1e999 -0 0.1 {} [] &a *a ? - # | ~ --- ... !!str "\\ud800" "\\u0000" '
    '<<: "orders": "orderId":"1", "order_number":"1", "items":[{}], "weight":{}, !!python/object:os.system'
)
TOKENS = [
    *(word.encode() for word in _WORDS.split()),
    *(
        text.encode()
        for text in "\n \r\n|\r|\t| |\0|\ufeff|\u2028|\x85|\u202e|名|😀|\x1b[31m|<<: *a\n|%YAML 1.1\n|&a {b: *a}".split(
            "|"
        )
    ),
    *(b"9" * 1001, b"1" * 400, b"\xff", b"\xc3", b"\xed\xa0\x80", b"[" * 70),
]


def corpus() -> list[tuple[str, bytes]]:
    """Every sample and every document of the tests, with its suffix; those beyond 20 kB are left out."""
    files = [*(ROOT / "samples").rglob("*.*"), *(ROOT / "tests/orders").rglob("*.json")]
    found = []
    for path in sorted(files):
        suffix = {".jsonl": ".ndjson", ".yml": ".yaml"}.get(path.suffix, path.suffix)
        if suffix in SUFFIXES and path.stat().st_size < 20_000:
            found.append((suffix, path.read_bytes()))
    return found


def mutated(chance: random.Random, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """One file of the corpus, changed in one to six places, and now and then under another suffix."""
    suffix, data = chance.choice(files)
    for _ in range(chance.randint(1, 6)):
        data = chance.choice(_CHANGES)(chance, data, files)
    return (suffix if chance.random() < 0.8 else chance.choice(SUFFIXES)), data[:200_000]


def _flip(chance: random.Random, data: bytes, files: list[tuple[str, bytes]]) -> bytes:
    at = _at(chance, data)
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :] if at < len(data) else data


def _insert(chance: random.Random, data: bytes, files: list[tuple[str, bytes]]) -> bytes:
    at = _at(chance, data)
    return data[:at] + chance.choice(TOKENS) + data[at:]


def _replace(chance: random.Random, data: bytes, files: list[tuple[str, bytes]]) -> bytes:
    at = _at(chance, data)
    return data[:at] + chance.choice(TOKENS) + data[at + chance.randint(1, 30) :]


def _cut(chance: random.Random, data: bytes, files: list[tuple[str, bytes]]) -> bytes:
    at = _at(chance, data)
    return data[:at] + data[at + chance.randint(1, 60) :]


def _truncate(chance: random.Random, data: bytes, files: list[tuple[str, bytes]]) -> bytes:
    return data[: _at(chance, data)]


def _double(chance: random.Random, data: bytes, files: list[tuple[str, bytes]]) -> bytes:
    at = _at(chance, data)
    end = at + chance.randint(1, 200)
    return data[:end] + data[at:end] * chance.randint(1, 3) + data[end:]


def _splice(chance: random.Random, data: bytes, files: list[tuple[str, bytes]]) -> bytes:
    _, other = chance.choice(files)
    return data[: _at(chance, data)] + other[_at(chance, other) :]


def _at(chance: random.Random, data: bytes) -> int:
    return chance.randint(0, len(data))


_CHANGES = (_flip, _insert, _insert, _replace, _replace, _cut, _truncate, _double, _splice)
