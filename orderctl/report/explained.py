"""Codes explained: what each says, why, an example, the fix, and the pages that state it.

Knows the registry of codes and the shapes' lines; says each thing once.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orderctl import systems
from orderctl.codes import Code, codes
from orderctl.errors import UsageError
from orderctl.mapping.prepare import Pattern, Row
from orderctl.mapping.shape import Shape

_FORMATS = {"decimal-format", "date-format", "unknown-country", "unknown-choice", "out-of-range"}


@dataclass(frozen=True, slots=True)
class Explained:
    """One code with its pages."""

    name: str
    code: Code
    sources: list[str]

    def document(self) -> dict[str, Any]:
        """The explanation as one JSON document."""
        return {
            "schema": "orderctl.explain/1",
            "code": self.name,
            "rule": self.code.rule,
            "fault": self.code.fault,
            "why": self.code.why,
            "example": self.code.example,
            "fix": self.code.fix,
            "sources": self.sources,
        }

    def text(self) -> str:
        """The explanation for people."""
        lines = [f"{self.name} ({self.code.rule})", "", self.code.fault, self.code.why, ""]
        lines += [f"Example: {self.code.example}", f"What to do: {self.code.fix}"]
        if self.sources:
            lines += ["", "Stated for:", *(f"  {source}" for source in self.sources)]
        return "".join(f"{line}\n" for line in lines)


def listed() -> list[dict[str, str]]:
    """Every code, with its rule and its fault in one sentence."""
    return [{"code": name, "rule": code.rule, "fault": code.fault} for name, code in codes().items()]


def explained(name: str) -> Explained:
    """One code explained. Raises UsageError, with the nearest code, when there is no such code."""
    code = codes().get(name)
    if code is None:
        near = difflib.get_close_matches(name, codes(), n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(f'"{name}" is no code.{hint} orderctl explain lists them all.')
    return Explained(name, code, list(_sources(name)))


def _sources(name: str) -> Iterator[str]:
    for shape_name in systems.shape_names():
        shape = systems.shape(shape_name)
        for wire, row in shape.rows.items():
            if _can_find(name, row):
                yield _cited(shape, wire)
        for says in shape.says:
            if says.code == name:
                yield f"{shape.title}, {shape.model.page}, {says.where} ({says.basis})"


def _can_find(name: str, row: Row) -> bool:
    """Whether a line's own rule can give this code."""
    if name == "missing":
        return row.required
    if name == "null":
        return not row.nullable
    if name == "too-long":
        return "max_length" in row.limits or row.line.soft_max is not None
    if name == "too-short":
        return "min_length" in row.limits
    if name == "unknown-choice":
        return row.kind.code in ("unknown-choice", "wrong-type") and "Literal" in str(row.annotation)
    return name in _FORMATS and row.kind.code == name


def _cited(shape: Shape, wire: Pattern) -> str:
    return shape.citation(tuple(0 if part is None else part for part in wire))
