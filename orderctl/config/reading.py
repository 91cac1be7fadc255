"""How a tree is read by tables: one reader for each key, every problem noted with its place.

Knows variables and near misses; knows no key of the configuration.
"""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from orderctl.config.tree import Node
from orderctl.errors import UsageError

Reader: TypeAlias = Callable[[Node, str, "Reading"], Any]
"""Reads the node of a dotted key; None when it says nothing or is wrong, which the reading then notes."""

MappingReader: TypeAlias = Callable[[Node, str, "Reading"], dict[str, Any]]


@dataclass(slots=True)
class Reading:
    """One pass over a tree. Without an environment, texts that name variables are left for a later pass.

    Relative paths start at `folder`, where the configuration file lies.
    """

    environ: Mapping[str, str] | None
    folder: Path = Path()
    problems: list[str] = field(default_factory=list)
    lacks: bool = False
    """Whether something is missing that an account would give."""

    def wrong(self, node: Node, key: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(f"{node.where}: {key}: {message}" if key else f"{node.where}: {message}")

    def text(self, node: Node, key: str) -> str | None:
        """The text of a node, its `${VAR}` replaced; None when there is none to be had."""
        if node.value is None:
            return None
        if not isinstance(node.value, str):
            self.wrong(node, key, "write one value here, not a mapping or a list")
            return None
        if "${" in node.value and self.environ is None:
            return None
        return self._expanded(node, node.value, key)

    def path(self, text: str) -> Path:
        """The path that a text means: `~` is the home directory."""
        return self.folder / os.path.expanduser(text)

    def lack(self, node: Node, key: str, message: str) -> None:
        """Note that something is missing."""
        self.lacks = True
        self.wrong(node, key, message)

    def finish(self, hint: str = "") -> None:
        """Raise UsageError with everything noted, if anything was; with the hint, if something is missing."""
        if self.problems:
            raise UsageError("\n".join([*self.problems, *([hint] if hint and self.lacks else [])]))

    def _expanded(self, node: Node, text: str, key: str) -> str | None:
        names = variables(text)
        if text.count("${") != len(names):
            self.wrong(node, key, "a variable is written ${NAME}, with nothing else in the braces")
            return None
        unset = [name for name in names if name not in (self.environ or {})]
        for name in unset:
            self.lack(node, key, f"the environment variable {name} is not set")
        return None if unset else _VARIABLE.sub(lambda match: (self.environ or {})[match[1]], text)


def variables(text: str) -> list[str]:
    """The environment variables that a text names."""
    return _VARIABLE.findall(text)


def scalar(parse: Callable[[str], Any]) -> Reader:
    """A reader of one text; `parse` raises ValueError, which says what is allowed."""
    return partial(_read_scalar, parse)


def section(readers: Mapping[str, Reader]) -> MappingReader:
    """A reader of a mapping with known keys; the result leaves out what says nothing."""
    return partial(_read_section, readers)


def entries(reader: Reader, *, check: Callable[[str], object] = str) -> MappingReader:
    """A reader of a mapping with keys of the user's own; `check` raises ValueError for one that cannot be."""
    return partial(_read_entries, reader, check)


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that proposes the known word which is nearest, or all of them."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1)
    return f'did you mean "{close[0]}"?' if close else f"known: {', '.join(known) or 'none'}"


def masked(text: str) -> str:
    """A text that may be shown: without the user and password of a URL."""
    return _USER.sub("//***@", text)


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_USER = re.compile(r"//.*@")


def _children(node: Node, key: str, reading: Reading) -> Mapping[str, Node]:
    if node.value is not None and not isinstance(node.value, Mapping):
        reading.wrong(node, key, "write a mapping here, key: value")
    return node.entries


def _read_scalar(parse: Callable[[str], Any], node: Node, key: str, reading: Reading) -> Any:
    text = reading.text(node, key)
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        reading.wrong(node, key, f'{error}; found "{masked(text)}"')
        return None


def _read_section(readers: Mapping[str, Reader], node: Node, key: str, reading: Reading) -> dict[str, Any]:
    result = {}
    for name, child in _children(node, key, reading).items():
        place = f"{key}.{name}" if key else name
        if name not in readers:
            reading.wrong(child, place, f"unknown key; {nearest(name, readers)}")
        elif (value := readers[name](child, place, reading)) is not None:
            result[name] = value
    return result


def _read_entries(
    reader: Reader, check: Callable[[str], object], node: Node, key: str, reading: Reading
) -> dict[str, Any]:
    result = {}
    for name, child in _children(node, key, reading).items():
        place = f"{key}.{name}"
        try:
            check(name)
        except ValueError as error:
            reading.wrong(child, place, str(error))
            continue
        if (value := reader(child, place, reading)) is not None:
            result[name] = value
    return result
