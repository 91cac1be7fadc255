"""JSON Schema (2020-12) of a shape, from its prepared lines.

Knows types and kinds; what a schema cannot say (rules between fields) stays with the checker.
"""

from typing import Annotated, Any

from pydantic import TypeAdapter

from orderctl.mapping.prepare import Row, Table
from orderctl.mapping.shape import Shape

_NOISE = ("title", "default")


def json_schema(shape: Shape) -> dict[str, Any]:
    """The schema of one order: it accepts what the checker finds no error of type, form or presence in.

    Rules between fields, and countries given by name, are the checker's alone.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{shape.name}: one order",
        "description": f"{shape.title}, {shape.model.page}. Rules between fields are not in this schema.",
        **_object(shape.table, lenient=shape.null != "error"),
    }


def _object(table: Table, *, lenient: bool) -> dict[str, Any]:
    properties = {row.wire: _property(row, lenient=lenient) for row in table.rows}
    required = [row.wire for row in table.rows if row.required]
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def _property(row: Row, *, lenient: bool) -> dict[str, Any]:
    schema = _object(row.nested, lenient=lenient) if row.nested is not None else _value(row)
    if row.kind.also_accepts is not None:
        schema = {"anyOf": [schema, dict(row.kind.also_accepts)]}
    if row.many:
        schema = {"type": "array", "items": schema}
    if row.nullable or (lenient and not row.required):
        schema = {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "description": row.line.why} if row.line.why else schema


def _value(row: Row) -> dict[str, Any]:
    if row.kind.schema is not None:
        return {**row.kind.schema, **_limits(row)}
    annotated: Any = Annotated[(row.annotation, *row.metadata)] if row.metadata else row.annotation
    schema: dict[str, Any] = _quiet(TypeAdapter(annotated).json_schema())
    return schema


def _limits(row: Row) -> dict[str, int]:
    names = {"min_length": "minLength", "max_length": "maxLength"}
    return {names[name]: limit for name, limit in row.limits.items()}


def _quiet(schema: Any) -> Any:
    """A schema without the titles and defaults that nobody wrote."""
    if isinstance(schema, dict):
        return {key: _quiet(value) for key, value in schema.items() if key not in _NOISE or isinstance(value, dict)}
    return [_quiet(value) for value in schema] if isinstance(schema, list) else schema
