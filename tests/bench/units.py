"""What the benchmarks are measured against: plain programs that do the least that such work needs.

Knows nothing of orderctl. `python tests/bench/units.py UNIT FILE` runs one of them.
"""

import sys
from collections.abc import Iterator

CHUNK = 64 * 1024


def pieces(path: str) -> Iterator[list[object]]:
    """The orders of a JSON array that holds one a line, parsed by orjson in pieces of 64 KB."""
    import orjson

    with open(path, "rb") as file:
        rest = file.read(2).strip(b"[\n")
        while chunk := file.read(CHUNK):
            head, separator, tail = chunk.rpartition(b",\n")
            if separator:
                yield orjson.loads(b"[%b%b]" % (rest, head))
                rest = tail
            else:
                rest += chunk
        yield orjson.loads(b"[" + rest)


def loads(path: str) -> None:
    """Parse every order."""
    for _ in pieces(path):
        pass


def loads_and_dumps(path: str) -> None:
    """Parse every order and write it again, to standard output."""
    import orjson

    for orders in pieces(path):
        sys.stdout.buffer.write(orjson.dumps(orders))


def safe_load(path: str) -> None:
    """Load a whole YAML file as PyYAML does over libyaml."""
    import yaml

    with open(path, "rb") as file:
        yaml.load(file, yaml.CSafeLoader)


if __name__ == "__main__":
    {"loads": loads, "loads+dumps": loads_and_dumps, "safe_load": safe_load}[sys.argv[1]](sys.argv[2])
