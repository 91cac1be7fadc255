"""Scalars as documents spell them: what an unquoted one of YAML means, and how a number is written in JSON.

Knows no field and no kind.
"""

import re
from decimal import Decimal


def unquoted_number(text: str) -> object:
    """Type an unquoted YAML scalar for a number field: int, Decimal, or the text where it is no number."""
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= 1000 else text
    if len(text) <= 1000 and any(c.isdigit() for c in text) and _NUMBER.fullmatch(text):
        value = Decimal(text)
        return value if abs(value.adjusted()) <= 1000 else text
    return text


def unquoted_boolean(text: str) -> object:
    """Type an unquoted YAML scalar for a boolean field: only true and false are booleans."""
    return {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}.get(text, text)


def unquoted_scalar(text: str) -> object:
    """Type an unquoted YAML scalar for what another shape's field holds: as it would stand in JSON."""
    typed = unquoted_boolean(text)
    return unquoted_number(text) if typed is text else typed


def number_to_wire(value: Decimal, way: object = None) -> int | Decimal:
    """The JSON number of a decimal, on whichever way: all its digits, never an exponent."""
    text = str(value)
    if "E" not in text:
        return value if "." in text else int(value)
    exponent = value.as_tuple().exponent
    return int(value) if isinstance(exponent, int) and exponent >= 0 else Decimal(format(value, "f"))


_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][-+]?[0-9]+)?")
