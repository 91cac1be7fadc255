"""Which systems there are, what each is called and where its parts lie.

Knows no rule of any system, and imports a shape only when it is asked for: a folder here is a system.
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orderctl.mapping.shape import Shape
    from orderctl.systems.wire import Wire


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a target: its key in the configuration and its environment variable."""

    key: str
    env: str


@dataclass(frozen=True, slots=True)
class System:
    """One system: how it is named and reached, and the modules that know the rest.

    `settings` stand in the URL, `credentials` are secret. `shapes` maps a shape's name to `module:NAME`;
    `writes` is the shape that a push sends, None where nothing is sent. `rate` is `N/second` or `N/minute`,
    `settle` is in seconds.
    """

    name: str
    title: str
    shapes: Mapping[str, str]
    base_url: str = ""
    settings: tuple[Setting, ...] = ()
    credentials: tuple[Setting, ...] = ()
    writes: str | None = None
    rate: str = "1/second"
    settle: float = 0.0
    wire: str = ""
    sandbox: str = ""
    envelopes: tuple[tuple[str, ...], ...] = ()
    beside: frozenset[str] = field(default_factory=frozenset)

    @property
    def base_url_env(self) -> str:
        """The environment variable of the base URL."""
        return f"{self.name.upper()}_BASE_URL"


@cache
def names() -> tuple[str, ...]:
    """The systems that orders can be pushed to, in the order of their names."""
    return tuple(name for name in _folders() if load(name).writes)


@cache
def load(name: str) -> System:
    """The description of one system; cheap, no shape is imported.

    Raises KeyError when there is no such system.
    """
    if name not in _folders():
        raise KeyError(name)
    system = import_module(f"{__name__}.{name}").SYSTEM
    assert isinstance(system, System)
    return system


@cache
def wire_of(name: str) -> "Wire":
    """How one system is spoken to, imported when first asked for."""
    from orderctl.systems.wire import Wire

    wire = import_module(load(name).wire).WIRE
    assert isinstance(wire, Wire)
    return wire


@cache
def shape_names() -> tuple[str, ...]:
    """Every shape that a file may hold."""
    return tuple(shape for folder in _folders() for shape in load(folder).shapes)


@cache
def shape(name: str) -> "Shape":
    """The shape of this name, imported and prepared when first asked for.

    Raises KeyError when there is no such shape.
    """
    from orderctl.mapping.shape import Shape

    for folder in _folders():
        if place := load(folder).shapes.get(name):
            module, _, attribute = place.partition(":")
            found = getattr(import_module(module), attribute)
            assert isinstance(found, Shape)
            return found
    raise KeyError(name)


@cache
def system_of(shape_name: str) -> str:
    """The system whose shape this is."""
    return next(folder for folder in _folders() if shape_name in load(folder).shapes)


@cache
def envelopes() -> tuple[tuple[tuple[str, ...], ...], frozenset[str]]:
    """Where records lie inside an envelope (key paths), and the keys that may stand beside."""
    systems = [load(folder) for folder in _folders()]
    paths = {path: None for system in systems for path in system.envelopes}
    return tuple(paths), frozenset().union(*(system.beside for system in systems))


@cache
def _folders() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))
