"""A unified diff of two texts that have the same lines but for some.

Knows bytes and lines; knows no order. Control characters are shown as visible escapes, but for a tab and the
carriage return at a line's end, so that the diff of a plain file can be applied.
"""

from collections.abc import Iterator

from orderctl.report.visible import visible

_CONTEXT = 3


def unified(file: str, before: bytes, after: bytes) -> Iterator[str]:
    """The lines of the diff, each with its line end; none where nothing changes.

    Raises ValueError where the number of lines changes.
    """
    old, new = before.split(b"\n"), after.split(b"\n")
    changed = [at for at, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    if not changed:
        return
    name = visible(file.lstrip("/"))
    mark = "\t" if " " in name else ""
    yield f"--- a/{name}{mark}\n"
    yield f"+++ b/{name}{mark}\n"
    size = len(old) - (old[-1] == b"")
    for first, last in _hunks(changed, size):
        yield from _hunk(old, new, first, last)


def _hunks(changed: list[int], size: int) -> Iterator[tuple[int, int]]:
    """The ranges of lines to show: each change with its context, those that touch joined."""
    first = last = -1
    for at in changed:
        if last < 0:
            first = max(0, at - _CONTEXT)
        elif at - _CONTEXT > last:
            yield first, last
            first = at - _CONTEXT
        last = min(size, at + _CONTEXT + 1)
    yield first, last


def _hunk(old: list[bytes], new: list[bytes], first: int, last: int) -> Iterator[str]:
    size = last - first
    span = f"{first + 1}" if size == 1 else f"{first + 1},{size}"
    yield f"@@ -{span} +{span} @@\n"
    at = first
    while at < last:
        end = at
        while end < last and (old[end] != new[end]) == (old[at] != new[at]):
            end += 1
        if old[at] == new[at]:
            yield from (_line(" ", old, row) for row in range(at, end))
        else:
            yield from (_line("-", old, row) for row in range(at, end))
            yield from (_line("+", new, row) for row in range(at, end))
        at = end


def _line(sign: str, lines: list[bytes], row: int) -> str:
    text = lines[row].decode("utf-8", "surrogateescape")
    body = text.removesuffix("\r")
    shown = "\t".join(visible(part) for part in body.split("\t")) + text[len(body) :]
    ended = "" if row < len(lines) - 1 else "\n\\ No newline at end of file"
    return f"{sign}{shown}{ended}\n"
