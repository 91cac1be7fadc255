"""The configuration as people are shown it: each value in force, and where it came from.

Knows trees and systems; shows no secret.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from orderctl import systems
from orderctl.config.keys import system_of, target_keys
from orderctl.config.reading import Reading, masked, variables
from orderctl.config.resolve import from_environment
from orderctl.config.tree import Node
from orderctl.systems import System

_MASK = "***"
_UNSET = "(not set)"
_DEFAULT = "default"
_STATE_DIR = "ORDERCTL_STATE_DIR"


class Row(NamedTuple):
    """One setting: its dotted key, its value as it may be shown, and where it came from."""

    key: str
    value: str
    origin: str


def rows(root: Node, state_dir: Path, environ: Mapping[str, str]) -> list[Row]:
    """Every setting in force: of the targets, of systems that the environment names, and what all share."""
    shown: list[Row] = []
    targets = root.under("targets")
    for name, node in targets.items():
        shown += _target(node, f"targets.{name}", environ)
    for name in systems.names():
        node = from_environment(systems.load(name), environ)
        if name not in targets and len(node.entries) > 1:
            shown += _target(node, name, environ)
    shared = {key: node for key, node in root.entries.items() if key not in ("targets", "state_dir", "journal")}
    for key, node in shared.items():
        shown += _leaves(node, key, environ)
    if not any(row.key == "defaults.timezone" for row in shown):
        shown.append(Row("defaults.timezone", "UTC", _DEFAULT))
    journal = root.entries.get("journal")
    if journal is not None and journal.value is not None:
        shown.append(_secret(journal, "journal", environ))
    return [*shown, _state_dir(root.entries.get("state_dir"), state_dir, environ)]


def _state_dir(node: Node | None, state_dir: Path, environ: Mapping[str, str]) -> Row:
    """Where the journal lies; the variable of --state-dir wins over the file."""
    if given := environ.get(_STATE_DIR):
        return Row("state_dir", os.path.expanduser(given), f"environment variable {_STATE_DIR}")
    origin = _origin(node) if node is not None and node.value is not None else _DEFAULT
    return Row("state_dir", str(state_dir), origin)


def _target(node: Node, key: str, environ: Mapping[str, str]) -> Iterator[Row]:
    system = system_of(node, key, Reading(environ))
    if system is None:
        yield Row(f"{key}.system", _UNSET, node.where)
        return
    secret = {setting.key for setting in system.credentials}
    usual = _usual(system)
    for word in target_keys(system):
        child = node.entries.get(word)
        if child is None or child.value is None:
            if word in usual:
                yield Row(f"{key}.{word}", usual[word], _DEFAULT)
        elif word in secret:
            yield _secret(child, f"{key}.{word}", environ)
        else:
            yield from _leaves(child, f"{key}.{word}", environ)


def _usual(system: System) -> dict[str, str]:
    return {"base_url": system.base_url, "batch": "1", "rate": system.rate, "settle": f"{system.settle:g}"}


def _secret(node: Node, key: str, environ: Mapping[str, str]) -> Row:
    for way in node.entries:
        return Row(key, _MASK, f"{way} named at {node.where}")
    shown = _leaf(node, key, environ)
    return shown if shown.value == _UNSET else shown._replace(value=_MASK)


def _leaves(node: Node, key: str, environ: Mapping[str, str]) -> Iterator[Row]:
    if isinstance(node.value, str):
        yield _leaf(node, key, environ)
    for word, child in node.entries.items():
        yield from _leaves(child, f"{key}.{word}", environ)


def _leaf(node: Node, key: str, environ: Mapping[str, str]) -> Row:
    text = Reading(environ).text(node, key)
    return Row(key, _UNSET if text is None else masked(text), _origin(node))


def _origin(node: Node) -> str:
    names = variables(node.value) if isinstance(node.value, str) else []
    origin = f"environment variable {', '.join(names)}"
    return f"{origin} at {node.where}" if names and node.where != origin else node.where
