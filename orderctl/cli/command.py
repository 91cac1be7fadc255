"""A command is a function of its flags: a class that declares each flag once becomes Typer's parameters.

Knows signatures; knows no flag.
"""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, get_annotations
from typing import Any, TypeVar, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Flags:
    """The flags of a command: each annotated name is one of them, and its value the default.

    Made without `dataclasses`, which would write and compile code for every command at every start.
    """

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)


Asked = TypeVar("Asked", bound=Flags)


def command(run: Callable[[Asked], int]) -> Callable[..., int]:
    """The command as Typer takes it: one parameter for each of the flags that `run` takes.

    What is required is listed first, then the command's own flags, then those that it shares with others.
    """
    flags: type[Asked] = run.__annotations__["asked"]
    hints = {name: hint for part in reversed(flags.__mro__) for name, hint in get_annotations(part).items()}

    @wraps(run)
    def called(**given: Any) -> int:
        return run(flags(**given))

    called.__annotations__ = hints
    called.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, Parameter.KEYWORD_ONLY, default=getattr(flags, name, Parameter.empty), annotation=hint)
            for name, hint in sorted(hints.items(), key=lambda each: _place(each[0], flags))
        ]
    )
    return called


def _place(name: str, flags: type[Flags]) -> tuple[bool, bool]:
    return hasattr(flags, name), name not in flags.__annotations__
