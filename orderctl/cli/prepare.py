"""What several commands make of their flags: shapes, settings, reports.

Knows the configuration's values; runs nothing.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

from orderctl.errors import UsageError

if TYPE_CHECKING:
    from orderctl.candidates import Choice
    from orderctl.cli.convert import Convert
    from orderctl.cli.validate import Validate
    from orderctl.mapping.shape import Shape
    from orderctl.mapping.way import Settings
    from orderctl.order import Party

PAYS = 8 * 1024 * 1024
"""The bytes of a file from which on a second process saves more time than it costs, as measured."""
_MOST = 4
"""How many processes are started unasked: a container of cgroup v1 may be given less than the processors it sees."""


def wanted(reports: Sequence[str] | None, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """The reports asked for, as kind and path.

    Raises UsageError for a kind that the command has not, or a path that is missing.
    """
    found = []
    for text in reports or ():
        kind, _, path = text.partition("=")
        if kind not in kinds or not path:
            raise UsageError(f'--report "{text}": write KIND=PATH with KIND one of {", ".join(kinds)}.')
        found.append((kind, path))
    return found


def shapes_named(names: str | None) -> "tuple[Shape, ...]":
    """The shapes of a comma-separated list; UsageError proposes the nearest."""
    from orderctl.intake import shape_named

    return tuple(shape_named(name.strip()) for name in (names or "").split(",") if name.strip())


def chosen(only: Sequence[str] | None, status: str | None) -> "Choice":
    """Which orders are wanted; UsageError for a word that is no canonical status."""
    from orderctl.candidates import Choice, words
    from orderctl.config.reading import nearest
    from orderctl.order import Status

    known = get_args(Status)
    statuses, unknown = words(status, known)
    if unknown:
        raise UsageError(f'--status: no such status "{unknown[0]}"; {nearest(unknown[0], known)}')
    return Choice(only=frozenset(only or ()), statuses=statuses)


def processes(asked: "Validate | Convert") -> int:
    """How many processes share the work: as asked for, else one for each processor; one where more do not pay."""
    if asked.jobs == 1 or len(asked.files) != 1 or not hasattr(os, "fork") or not os.path.isfile(asked.files[0]):
        return 1
    pay = os.path.getsize(asked.files[0]) // PAYS + 1
    if asked.jobs or pay == 1:
        return min(asked.jobs or 1, pay)
    from orderctl.cli.processors import processors

    return min(processors(), _MOST, pay)


def load_settings(config: str | None) -> "Settings":
    """What the configuration, if there is one, adds to a conversion."""
    from orderctl.config import load

    loaded = load(config, os.environ)
    return settings_of(loaded.defaults, loaded.maps)


def settings_of(defaults: Mapping[str, Any], maps: Mapping[str, Any]) -> "Settings":
    """The settings of a conversion, from the configuration's `defaults` and `maps`."""
    from orderctl.mapping.way import Settings

    return Settings(
        timezone=defaults.get("timezone") or "UTC",
        currency=defaults.get("currency"),
        sender=_party(defaults.get("sender")),
        return_to=_party(defaults.get("return_to")),
        services=maps.get("services") or {},
        statuses=maps.get("statuses") or {},
        carriers=maps.get("carriers") or {},
    )


def _party(values: Mapping[str, Any] | None) -> "Party | None":
    from orderctl.order import Party

    if not values:
        return None
    known = {field.name for field in fields(Party)}
    return Party(**{key: value for key, value in values.items() if key in known})
