"""How a message words a value and what is due instead: each fault has one text, whoever finds it.

Knows values and words; knows no shape and no field.
"""

from collections.abc import Iterable, Mapping
from typing import Any

LONGEST_ID = 100
"""How many characters an id may have in a URL."""

REGION = "region: a US or CA name becomes its code"
PHONE = "phone: ten digits where it has ten"
SERVICE = "service: by maps.services"
CARRIER = "carrier: to another system by maps.carriers"
"""How a value changes on the way out, where its kind does not say so."""


def found(value: Any) -> str:
    """A value, worded for a message: its JSON type, or the text itself, cut to 40 characters."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else f'"{value[:40]}…" ({len(value)} characters)'
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return f"the number {value}"


def instead(value: Any, want: str) -> str:
    """What was found, and what to write instead of it."""
    return f"found {found(value)}; write {want}"


def one_of(words: Iterable[str], conjunction: str = "or") -> str:
    """The words of a closed list, of which one is to be written; or all of them, with the conjunction "and"."""
    *others, last = words
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def no_order(value: Any) -> str:
    """The message for what stands where an order is due."""
    what = "an empty object" if isinstance(value, Mapping) else found(value)
    return f"found {what}, and an order is an object with fields, in JSON or YAML"


def no_region(value: str, country: str) -> str:
    """The message for a text that is no state or province of the US or Canada."""
    return instead(value, f"the two-character code of a state or province of {country}")


def unsafe_id(key: str) -> str | None:
    """The message for an id that could address another order in a URL; None for any other."""
    if not key.strip():
        return "found no id; give one"
    controls = not key.isprintable() and any(ord(character) < 32 or 127 <= ord(character) < 160 for character in key)
    if controls or key in (".", ".."):
        return f"found {found(key)}, which cannot stand in a URL; give another id"
    return f"{len(key)} characters, at most {LONGEST_ID} can be sent" if len(key) > LONGEST_ID else None
