"""Lines and columns: counting them over UTF-8 bytes.

Knows nothing of JSON or YAML. Columns count characters; a line ends with LF, CR LF or CR.
"""


def advance(line: int, column: int, span: bytes) -> tuple[int, int]:
    """Move a place (1-based) over some bytes."""
    if b"\r" in span:
        span = span.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    breaks = span.count(b"\n")
    if breaks:
        line, column, span = line + breaks, 1, span[span.rindex(b"\n") + 1 :]
    return line, column + _characters(span)


def _characters(span: bytes) -> int:
    return len(span) if span.isascii() else len(span.decode("utf-8", "surrogateescape"))
