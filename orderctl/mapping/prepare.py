"""Prepared tables: what a model's lines say, worked out once so that an order needs no reflection.

Knows pydantic models and canonical dataclasses; knows no vendor. Refuses a line whose canonical name does
not exist.
"""

import dataclasses
import functools
import operator
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from orderctl.mapping.document import Document, Line
from orderctl.mapping.kinds import OMIT, TEXT, Kind
from orderctl.paths import Path

Pattern = tuple[str | None, ...]
"""A path whose indexes are None: `("items", None, "price")`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field, prepared: its key, its place in the canonical object, and how it is read and written."""

    wire: str
    to: str | None
    line: Line
    kind: Kind
    required: bool
    nullable: bool
    many: bool
    nested: "Table | None"
    absent: object
    annotation: Any = None
    metadata: tuple[Any, ...] = ()
    is_text: bool = False
    limits: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One object of a document, prepared. `of` is the canonical class, None where nothing is carried."""

    model: type[Document]
    of: type | None
    rows: tuple[Row, ...]
    known: frozenset[str]
    carried: tuple[Row, ...]
    measured: tuple[Row, ...]
    by_wire: Mapping[str, Row]
    taken: frozenset[str]
    """The keys of plain values that the canonical order carries, by itself or through other fields."""
    complete: bool
    """Whether it carries all that the table knows, inside too."""


def prepare(model: type[Document], of: type | None, *, whole: bool) -> Table:
    """Prepare a model whose lines live on the canonical class `of`.

    `whole` documents write every key: null, or "" for plain text, where there is no value.
    """
    rows = tuple(_row(model, name, of, whole) for name in model.model_fields)
    return Table(
        model=model,
        of=of,
        rows=rows,
        known=frozenset(row.wire for row in rows),
        carried=tuple(row for row in rows if row.to is not None),
        measured=tuple(row for row in rows if row.line.soft_max or (row.nested is not None and row.nested.measured)),
        by_wire={row.wire: row for row in rows},
        complete=all(row.to is not None or row.line.via for row in rows)
        and all(row.nested.complete for row in rows if row.nested is not None),
        taken=frozenset(row.wire for row in rows if row.nested is None and (row.to is not None or row.line.via)),
    )


def wire_name(model: type[Document], name: str) -> str:
    """The vendor's key of a field."""
    alias = model.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else name


def places(table: Table) -> Iterator[tuple[Pattern, Pattern | None, Row]]:
    """Every line of a table and of those inside it: place in the document, canonical place or None, row."""
    for row in table.rows:
        wire: Pattern = (row.wire,) + ((None,) if row.many else ())
        canonical: Pattern | None = None
        if row.to is not None:
            canonical = () if row.to == "" else (row.to,) + ((None,) if row.many else ())
        yield wire, canonical, row
        if row.nested is not None:
            for inner_wire, inner, inner_row in places(row.nested):
                joined = None if canonical is None or inner is None else canonical + inner
                yield wire + inner_wire, joined, inner_row


def pattern_of(path: Path) -> Pattern:
    """The pattern of a path: its indexes blanked."""
    return tuple(None if isinstance(part, int) else part for part in path)


def fill(pattern: Pattern, path: Path) -> Path:
    """A pattern with the indexes of a path, in their order; indexes that lack are left out with the rest."""
    indexes = iter([part for part in path if isinstance(part, int)])
    filled: list[str | int] = []
    for part in pattern:
        index = next(indexes, None) if part is None else part
        if index is None:
            break
        filled.append(index)
    return tuple(filled)


def _row(model: type[Document], name: str, of: type | None, whole: bool) -> Row:
    info = model.model_fields[name]
    line = info.json_schema_extra
    if not isinstance(line, Line):
        raise TypeError(f"{model.__name__}.{name} is not declared with field()")
    bare, metadata, nullable, many = _unwrap(info.annotation, list(info.metadata))
    canonical = _canonical_type(model, name, of, line.to)
    nested = None
    if isinstance(bare, type) and issubclass(bare, Document):
        inner = None if line.to is None else of if line.to == "" else canonical
        nested = prepare(bare, inner, whole=whole)
    kind = line.kind or next((extra for extra in metadata if isinstance(extra, Kind)), TEXT)
    limits = {
        key: value
        for extra in metadata
        for key in ("min_length", "max_length")
        if isinstance(value := getattr(extra, key, None), int)
    }
    plain_text = not nullable and nested is None and bare is str and kind is TEXT and "\\S" not in str(metadata)
    return Row(
        wire=wire_name(model, name),
        to=line.to,
        line=line,
        kind=kind,
        required=info.is_required(),
        nullable=nullable,
        many=many,
        nested=nested,
        absent=(None if nullable else "" if plain_text else OMIT) if whole else OMIT,
        annotation=bare,
        is_text=bare is str or get_origin(bare) is typing.Literal,
        metadata=tuple(extra for extra in metadata if not isinstance(extra, Kind)),
        limits=limits,
    )


def _unwrap(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any], bool, bool]:
    """The bare type of an annotation, all its metadata, whether null is allowed, whether it is a list."""
    nullable = many = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            metadata.extend(more)
        elif origin in (Union, types.UnionType) and type(None) in get_args(annotation):
            nullable = True
            rest = [part for part in get_args(annotation) if part is not type(None)]
            if len(rest) > 1:
                return functools.reduce(operator.or_, rest), metadata, nullable, many
            annotation = rest[0]
        elif origin is list:
            many = True
            (annotation,) = get_args(annotation)
        else:
            return annotation, metadata, nullable, many


def _canonical_type(model: type[Document], name: str, of: type | None, to: str | None) -> type | None:
    """The canonical class behind an attribute; None for plain values.

    Raises TypeError when the canonical object has no such attribute.
    """
    if to is None or to == "":
        return None
    hints = _hints(of)
    if to not in hints:
        raise TypeError(f"{model.__name__}.{name}: the canonical {of and of.__name__} has no {to!r}")
    bare, _, _, _ = _unwrap(hints[to], [])
    return bare if isinstance(bare, type) and dataclasses.is_dataclass(bare) else None


@functools.cache
def _hints(of: type | None) -> Mapping[str, Any]:
    return typing.get_type_hints(of) if of is not None and dataclasses.is_dataclass(of) else {}
