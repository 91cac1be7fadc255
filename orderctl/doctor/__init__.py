"""The doctor: whether a target is ready to be pushed to, check by check; it changes nothing at the vendor.

Knows the order of the checks; knows no system, and shows no secret.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from orderctl import systems
from orderctl.doctor.check import Check, good, wrong
from orderctl.errors import Exit, UsageError

if TYPE_CHECKING:
    from orderctl.config import Target

__all__ = ["Check", "Diagnosis", "diagnose", "exit_code"]

Opening: TypeAlias = "Callable[[bool], AbstractContextManager[Target]]"
"""Gives the target, with credentials when asked for. Raises UsageError."""

_PRECEDENCE = (Exit.USAGE, Exit.REFUSED, Exit.TEMPORARY)


@dataclass(slots=True)
class Diagnosis:
    """What was found of one target; `system` is None where its configuration does not say."""

    name: str
    system: str | None = None
    checks: list[Check] = field(default_factory=list)


def diagnose(name: str, opening: Opening, where: str, now: Callable[[], float] = time.time) -> Diagnosis:
    """Check one target; a check that the one before makes pointless is left out."""
    found = Diagnosis(name)
    with ExitStack() as open_targets:
        try:
            target = open_targets.enter_context(opening(False))
        except UsageError as error:
            found.checks.append(wrong("configuration", str(error), Exit.USAGE))
            return found
        found.system = target.system
        found.checks.append(good("configuration", f"{where}; {systems.load(target.system).title}, {target.base_url}"))
        try:
            target = target if target.sandbox else open_targets.enter_context(opening(True))
        except UsageError as error:
            found.checks.append(wrong("credentials", str(error), Exit.USAGE))
            return found
        found.checks.extend(_examine(target, now))
    return found


def exit_code(diagnoses: Sequence[Diagnosis]) -> Exit:
    """The exit code: the first of 2 (configuration), 4 (refused), 5 (unreachable) that any check met."""
    met = {check.exit for diagnosis in diagnoses for check in diagnosis.checks}
    return next((code for code in _PRECEDENCE if code in met), Exit.OK)


def _examine(target: "Target", now: Callable[[], float]) -> Iterator[Check]:
    from orderctl.doctor.call import call
    from orderctl.doctor.memory import account, journal
    from orderctl.doctor.reach import reach

    there = ", ".join(setting.key for setting in systems.load(target.system).credentials)
    yield good("credentials", f"{there}: there")
    reached = True
    for check in reach(target):
        yield check
        reached = reached and check.ok
    if reached:
        yield from call(target, now)
    yield from journal(target)
    yield from account(target)
