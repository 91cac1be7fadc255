"""The codes of findings explained to people, as `codes.toml` says them.

Knows every code and its rule; knows no finding. The file is read when somebody asks, not at every start.
"""

from dataclasses import dataclass
from functools import cache

from orderctl.findings import RULES, Rule


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of fault: the rule it breaks, and what `orderctl explain` says of it."""

    rule: Rule
    fault: str
    why: str
    example: str
    fix: str


@cache
def codes() -> dict[str, Code]:
    """Every code with its explanation, in the order of `RULES`."""
    import tomllib
    from importlib.resources import files

    said = tomllib.loads(files(__package__).joinpath("codes.toml").read_text(encoding="utf-8"))
    return {name: Code(rule, **said[name]) for name, rule in RULES.items()}
