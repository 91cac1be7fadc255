"""Which shape a record has, by the keys that only one shape knows.

Knows the shapes' own lines, not what they mean; never guesses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from orderctl import systems
from orderctl.mapping.prepare import Pattern


@dataclass(frozen=True, slots=True)
class Detected:
    """The shape of a record, or None with the shapes that fit; `why` names the keys that decided."""

    shape: str | None
    fits: tuple[str, ...]
    why: str


def detect(document: Mapping[str, Any]) -> Detected:
    """The one shape whose keys a record has; of several or none that fit, none is chosen."""
    known, only = _known(), _only()
    keys = [key for key in document if isinstance(key, str)]
    telling: dict[str, list[str]] = {}
    for key in keys:
        if (shape := only.get((key,))) is not None:
            telling.setdefault(shape, []).append(key)
    if not telling:
        fits = _fitting(keys, known)
        if len(fits) == 1:
            return Detected(fits[0], fits, f"only {fits[0]} knows all of {', '.join(keys[:6])}")
        telling = _inside(document, only, fits)
        if not telling:
            return Detected(None, fits, "no key decides between them" if fits else "no shape knows these keys")
    if len(telling) == 1:
        ((shape, words),) = telling.items()
        return Detected(shape, (shape,), f"only {shape} has {', '.join(words[:6])}")
    why = "; ".join(f"{', '.join(words[:3])} only in {shape}" for shape, words in telling.items())
    return Detected(None, tuple(telling), why)


def _fitting(keys: list[str], known: Mapping[str, frozenset[Pattern]]) -> tuple[str, ...]:
    """The shapes that know every key which any shape knows; none where no key is known."""
    anywhere = [key for key in keys if any((key,) in patterns for patterns in known.values())]
    if not anywhere:
        return ()
    return tuple(name for name, patterns in known.items() if all((key,) in patterns for key in anywhere))


def _inside(document: Mapping[str, Any], only: Mapping[Pattern, str], fits: tuple[str, ...]) -> dict[str, list[str]]:
    """The telling keys one level down, among the shapes that fit."""
    telling: dict[str, list[str]] = {}
    for key, value in document.items():
        elements = value if isinstance(value, list) else [value]
        above: Pattern = (key, None) if isinstance(value, list) else (key,)
        for element in elements:
            for inner in element if isinstance(element, Mapping) else ():
                shape = only.get((*above, inner))
                if shape in fits and shape is not None:
                    telling.setdefault(shape, []).append(f"{key}.{inner}")
    return telling


@cache
def _known() -> dict[str, frozenset[Pattern]]:
    return {
        name: frozenset(wire[:-1] if wire[-1] is None else wire for wire in systems.shape(name).rows)
        for name in systems.shape_names()
    }


@cache
def _only() -> dict[Pattern, str]:
    """The places that exactly one shape has, with that shape."""
    owners: dict[Pattern, list[str]] = {}
    for name, patterns in _known().items():
        for pattern in patterns:
            owners.setdefault(pattern, []).append(name)
    return {pattern: names[0] for pattern, names in owners.items() if len(names) == 1}
