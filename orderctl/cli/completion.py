"""What the shell proposes: targets, shapes and codes that begin like the word typed so far.

Knows where the names are; a configuration that cannot be read proposes nothing.
"""


def shapes(incomplete: str) -> list[str]:
    """The shapes; after a comma, for the next one of a list."""
    from orderctl import systems

    before, comma, word = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in systems.shape_names() if name.startswith(word)]


def targets(incomplete: str) -> list[str]:
    """The targets of the configuration, and the systems."""
    import os

    from orderctl import systems
    from orderctl.config import load
    from orderctl.errors import UsageError

    try:
        named = load(None, os.environ).targets
    except UsageError:
        named = ()
    return [name for name in dict.fromkeys((*named, *systems.names())) if name.startswith(incomplete)]


def codes(incomplete: str) -> list[str]:
    """The codes of findings."""
    from orderctl.findings import RULES

    return [code for code in RULES if code.startswith(incomplete)]
