"""One quick question of a document: is nothing at all wrong or odd with any of its fields?

Knows what pydantic has built from a shape's models; knows no finding. Only a document that is not sound is looked
at by `check`, which names what is wrong.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import SchemaValidator

from orderctl.mapping.document import Document, Line


@cache
def soundness(model: type[Document]) -> SchemaValidator:
    """A validator that makes no model: it refuses what the model refuses, unknown keys, and texts beyond soft_max."""
    return SchemaValidator(_as_dicts(model.__pydantic_core_schema__))


def _as_dicts(schema: Any) -> Any:
    """A core schema in which every model is a plain dict with no other keys."""
    if isinstance(schema, list):
        return [_as_dicts(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "model":
        declared = schema["schema"]["fields"].items()
        fields = {inner.get("validation_alias", name): _field(schema["cls"], name, inner) for name, inner in declared}
        kept = {key: schema[key] for key in ("config", "ref") if key in schema}
        return {"type": "typed-dict", "fields": fields, "extra_behavior": "forbid", **kept}
    return {key: _as_dicts(inner) for key, inner in schema.items()}


def _field(model: type[Document], name: str, declared: Mapping[str, Any]) -> dict[str, Any]:
    line = model.model_fields[name].json_schema_extra
    inner, required = declared["schema"], True
    if inner["type"] == "default":
        inner, required = inner["schema"], False
    if isinstance(line, Line) and line.soft_max is not None:
        inner = _shortened(inner, line.soft_max)
    return {"type": "typed-dict-field", "schema": _as_dicts(inner), "required": required}


def _shortened(schema: Mapping[str, Any], most: int) -> dict[str, Any]:
    if schema["type"] == "str":
        return {**schema, "max_length": min(most, schema.get("max_length", most))}
    if "schema" not in schema:
        raise TypeError(f"soft_max is for texts, not for {schema['type']}")
    return {**schema, "schema": _shortened(schema["schema"], most)}
