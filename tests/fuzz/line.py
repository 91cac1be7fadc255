"""The whole line over one file, in this process: what every input must come to, whatever is in it.

Knows the command line's promises (exit codes, one JSON document, places inside the file); knows no format.
"""

import io
import json
import re
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orderctl.cli import run

CODES = {0, 1, 6}
"""What a validation or a conversion of one readable file may end with: all well, findings, no order in it."""
SECONDS = 10.0
_BREAK = {".json": r"\r\n|\r|\n", ".ndjson": r"\r\n|\r|\n", ".yaml": "\r\n|[\r\n\x85\u2028\u2029]"}


def promises_broken(path: Path, shapes: Sequence[str]) -> Iterator[str]:
    """Each promise that validating a file and converting it to some shapes breaks, in words."""
    begin = time.process_time()
    yield from _validate(path)
    for shape in shapes:
        yield from _convert(path, shape, path.with_name("out.json"))
    if (spent := time.process_time() - begin) > SECONDS:
        yield f"{spent:.1f} seconds"


def _validate(path: Path) -> Iterator[str]:
    code, said, words = call("validate", str(path), "--json", "-v")
    yield from _ending("validate", code, words)
    try:
        document = json.loads(said)
    except ValueError as error:
        yield f"validate: stdout is no JSON document: {error}"
        return
    if document["exit_code"] != code:
        yield f"validate: exit code {code}, told {document['exit_code']}"
    for finding in document.get("findings", ()):
        if not _inside(finding, path):
            yield f"validate: {finding['code']} at {finding['line']}:{finding['column']}, outside of the file"


def _convert(path: Path, shape: str, out: Path) -> Iterator[str]:
    out.unlink(missing_ok=True)
    code, said, words = call("convert", str(path), "--to", shape, "-o", str(out), "--json", "-v")
    yield from _ending(f"convert to {shape}", code, words)
    try:
        json.loads(said)
        if out.exists() and out.stat().st_size:
            json.loads(out.read_bytes())
    except ValueError as error:
        yield f"convert to {shape}: no JSON document: {error}"


def _ending(what: str, code: int, words: str) -> Iterator[str]:
    if code not in CODES:
        yield f"{what}: exit code {code}: {words[-1500:]}"
    if "Traceback" in words:
        yield f"{what}: a traceback"


def _inside(finding: dict[str, Any], path: Path) -> bool:
    """Whether a finding's line and column lie in the file, or just behind its end."""
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = re.split(_BREAK[path.suffix], text)
    line, column = finding["line"], finding["column"]
    return 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 2


def call(*arguments: str) -> tuple[int, str, str]:
    """Run the command line here: its exit code, stdout and stderr."""
    with _captured() as (out, err):
        try:
            code = run(list(arguments))
        except BaseException:
            code = -1
            err.write(traceback.format_exc())
    return code, _text(out), _text(err)


@contextmanager
def _captured() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = kept


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()
