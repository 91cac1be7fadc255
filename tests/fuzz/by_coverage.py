"""The whole line under atheris, which follows coverage: `python tests/fuzz/by_coverage.py -max_total_time=300`.

Knows the first byte of an input as its suffix and the shape that it is converted to; the rest is the file. atheris
is not among the project's dependencies: install it by hand.
"""

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
with atheris.instrument_imports(include=["orderctl"]):
    from fuzz.line import promises_broken
    from fuzz.mutations import SUFFIXES, TOKENS, corpus
    from orderctl import systems
    from orderctl.systems import shape_names

    for part in ("files.reading", "intake", "validate", "convert", "mapping.shape", "cli.validating", "cli.converting"):
        import_module(f"orderctl.{part}")
    for name in shape_names():
        systems.shape(name)

FOLDER = Path(tempfile.mkdtemp())


def one_input(data: bytes) -> None:
    """Raise where a promise is broken."""
    choice, body = data[:1] or b"\0", data[1:]
    path = FOLDER / f"orders{SUFFIXES[choice[0] % len(SUFFIXES)]}"
    path.write_bytes(body)
    broken = list(promises_broken(path, [shape_names()[choice[0] % len(shape_names())]]))
    if broken:
        raise AssertionError(broken)


def main() -> None:
    """Start from the corpus, with the tokens as a dictionary."""
    seeds, words = FOLDER / "seeds", FOLDER / "words"
    seeds.mkdir()
    for number, (suffix, data) in enumerate(corpus()):
        (seeds / str(number)).write_bytes(bytes([SUFFIXES.index(suffix)]) + data)
    words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in token) + '"\n' for token in TOKENS))
    atheris.Setup([sys.argv[0], *sys.argv[1:], f"-dict={words}", str(seeds)], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
