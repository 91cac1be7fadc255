"""Orders written as text in many layouts, by hand: JSON, JSON Lines and YAML, with the blanks that people leave.

Knows how scalars are spelled; knows nothing of the program but that numbers are int or Decimal.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
_PLAIN = re.compile(r"[A-Za-z0-9.][A-Za-z0-9 .()+-]*[A-Za-z0-9.)]|[A-Za-z0-9]")
_NULLS = ("null", "~", "")


@st.composite
def texts(draw: Draw, orders: st.SearchStrategy[list[dict[str, Any]]], several: str) -> tuple[str, bytes]:
    """A suffix, and the bytes of a file that holds some orders; `several` is a key of an envelope, or blank."""
    documents = draw(orders)
    form = draw(st.sampled_from(["json", "ndjson", "yaml"]))
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    if form == "ndjson":
        lines = [_json(draw, one, compact=True) for one in documents]
        return ".ndjson", (mark + end.join(lines) + draw(st.sampled_from(["", end]))).encode()
    root: Any = {several: documents} if several and draw(st.booleans()) else documents
    if form == "json":
        compact = draw(st.booleans())
        return ".json", (mark + _json(draw, root, compact=compact).replace("\n", end)).encode()
    lines = ["# orders"] if draw(st.booleans()) else []
    lines += _block(draw, root)
    return ".yaml", (mark + end.join(lines) + end).encode()


def _json(draw: Draw, value: Any, *, compact: bool, depth: int = 0) -> str:
    if isinstance(value, dict | list):
        gap = "" if compact else "\n" + draw(st.sampled_from(["  ", "\t", " "])) * (depth + 1)
        after = draw(st.sampled_from([":", ": ", " : "]))
        inner = (
            [
                f"{json.dumps(key)}{after}{_json(draw, one, compact=compact, depth=depth + 1)}"
                for key, one in value.items()
            ]
            if isinstance(value, dict)
            else [_json(draw, one, compact=compact, depth=depth + 1) for one in value]
        )
        begin, end = "{}" if isinstance(value, dict) else "[]"
        return begin + ",".join(gap + one for one in inner) + (gap[:1] + end)
    return _scalar(value, ascii=draw(st.booleans()))


def _scalar(value: Any, *, ascii: bool = False) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=ascii)


def _block(draw: Draw, value: Any) -> list[str]:
    """A value in block style, line by line; what is small may be flow."""
    if isinstance(value, dict) and value:
        pairs = [(_key(draw, key), inner) for key, inner in value.items()]
    elif isinstance(value, list) and value:
        pairs = [("-", inner) for inner in value]
    else:
        return [_flow(draw, value)]
    lines: list[str] = []
    for lead, inner in pairs:
        nested = isinstance(inner, dict | list) and bool(inner)
        if nested and draw(st.integers(0, 3)):
            lines.append(lead + draw(st.sampled_from(["", " # nested"])))
            lines += ["  " + line for line in _block(draw, inner)]
        else:
            lines.append(f"{lead} {_flow(draw, inner)}{draw(st.sampled_from(['', '', '   # why']))}")
    return lines


def _flow(draw: Draw, value: Any) -> str:
    if isinstance(value, dict):
        inner = [f"{_key(draw, key)} {_flow(draw, one)}" for key, one in value.items()]
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(draw, one) for one in value) + "]"
    if not isinstance(value, str):
        return _scalar(value)
    styles = ["double", "single"] if "'" not in value and value.isprintable() else ["double"]
    if _PLAIN.fullmatch(value) and value not in _NULLS:
        styles.append("plain")
    style = draw(st.sampled_from(styles))
    if style == "plain":
        return value
    return (
        f"'{value}'" if style == "single" else json.dumps(value, ensure_ascii=draw(st.booleans()) and value.isascii())
    )


def _key(draw: Draw, key: str) -> str:
    return f"{key}:" if _PLAIN.fullmatch(key) and draw(st.booleans()) else f"{json.dumps(key, ensure_ascii=False)}:"
