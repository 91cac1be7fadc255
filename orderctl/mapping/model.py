"""The pydantic model of a declared document, made when a record has to be looked at closely.

Knows pydantic, which takes longer to start than a thousand orders take to be validated; words no error.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from pydantic_core import ErrorDetails, PydanticCustomError

from orderctl.mapping.document import Document, Line, lines_of
from orderctl.mapping.limits import Like, Real, Within


def errors(declared: type[Document], document: object) -> list[ErrorDetails]:
    """What pydantic finds wrong with a document, field by field, with the vendor's own key names."""
    try:
        model(declared).__pydantic_validator__.validate_python(document)
    except ValidationError as broken:
        return broken.errors(include_url=False, include_context=True)
    return []


def model(declared: type[Document]) -> type[BaseModel]:
    """The model of a declared document, made once."""
    if declared not in _MADE:
        fields: dict[str, Any] = {
            f"field_{number}": (annotated(hint), _field(wire, line))
            for number, (wire, (hint, line)) in enumerate(lines_of(declared).items())
        }
        _MADE[declared] = create_model(declared.__name__, __config__=_CONFIG, **fields)
    return _MADE[declared]


def annotated(hint: Any) -> Any:
    """A type as it is declared, in pydantic's words."""
    if isinstance(hint, type) and issubclass(hint, Document):
        return model(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        bare, *extras = arguments
        return Annotated[(annotated(bare), *(_SAID.get(type(extra), _as_said)(extra) for extra in extras))]
    if origin is list:
        return list[annotated(arguments[0])]  # type: ignore[misc]
    return reduce(or_, map(annotated, arguments)) if origin in (Union, UnionType) else hint


def _field(wire: str, line: Line) -> Any:
    limits = line.within or Within()
    return Field(
        ... if line.required else None,
        validation_alias=wire,
        min_length=limits.min_length,
        max_length=limits.max_length,
    )


def _as_said(extra: Any) -> Any:
    return extra


def _real(extra: Real) -> AfterValidator:
    def validate(value: Any) -> Any:
        if not extra.holds(value):
            raise PydanticCustomError(extra.error, extra.error)
        return value

    return AfterValidator(validate)


_MADE: dict[type[Document], type[BaseModel]] = {}
_CONFIG = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True, defer_build=True)
_SAID: Mapping[type, Callable[[Any], Any]] = {
    Like: lambda extra: StringConstraints(pattern=extra.pattern, max_length=extra.max_length),
    Real: _real,
    Within: lambda extra: Field(ge=extra.ge, le=extra.le, min_length=extra.min_length, max_length=extra.max_length),
}
