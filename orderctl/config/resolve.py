"""How a name becomes a target: what the tree says, what the environment adds, and what is missing.

Knows trees and systems; reads no file of its own and makes no request.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orderctl import systems
from orderctl.config.keys import read_target, system_of
from orderctl.config.reading import Reading, nearest
from orderctl.config.secret import Secret, read_secret
from orderctl.config.tree import Node
from orderctl.errors import UsageError
from orderctl.systems import Setting, System

_HINT = "To try it without an account, push with --sandbox."
_OF_AN_ACCOUNT = ("base_url", "account", "proxy", "ca_file")
"""What no sandbox needs, beside the ids and credentials of its system."""


def place_of(name: str, targets: Mapping[str, Node], environ: Mapping[str, str]) -> tuple[Node, str]:
    """The node of a target and its dotted key: under `targets:`, else made of a system's variables.

    Raises UsageError when there is neither such a target nor such a system.
    """
    if name in targets:
        return targets[name], f"targets.{name}"
    if name in systems.names():
        return from_environment(systems.load(name), environ), name
    known = dict.fromkeys((*targets, *systems.names()))
    raise UsageError(f'no target "{name}"; {nearest(name, known)}')


def from_environment(system: System, environ: Mapping[str, str]) -> Node:
    """A target as the variables of its system describe it; one that is set to nothing is not set."""
    variables = {"base_url": system.base_url_env} | {
        setting.key: setting.env for setting in (*system.settings, *system.credentials)
    }
    entries = {
        key: Node(f"${{{name}}}", f"environment variable {name}")
        for key, name in variables.items()
        if environ.get(name)
    }
    return Node({"system": Node(system.name, "name")} | entries, "environment")


def resolve(
    node: Node, key: str, environ: Mapping[str, str], folder: Path, *, sandbox: bool, need_credentials: bool
) -> dict[str, Any]:
    """What a target says, by its keys, with `system`, `settings` and `secrets` as they are in a Target.

    Raises UsageError for everything that is wrong or missing, all at once.
    """
    reading = Reading(environ, folder)
    system = system_of(node, key, reading)
    if system is None:
        reading.finish()
    assert system is not None
    ids, credentials = ([setting.key for setting in of] for of in (system.settings, system.credentials))
    unread = {*credentials, *((*ids, *_OF_AN_ACCOUNT) if sandbox else ())}
    rest = {word: child for word, child in node.entries.items() if word not in unread}
    said = read_target(Node(rest, node.where), key, reading)
    secrets: dict[str, Secret] = {}
    if not sandbox:
        _note_missing(node, key, system.settings, reading)
        secrets = _secrets(node, key, system, reading if need_credentials else Reading(environ, folder))
    reading.finish("" if sandbox else _HINT)
    if need_credentials:
        for secret in secrets.values():
            secret.reveal()
    settings = {word: said.pop(word) for word in ids if word in said}
    for word, value in settings.items():
        if value in (".", "..") or not value.isprintable() or len(value) > 100:
            raise UsageError(f"{key}.{word}: an id that stands in the URL cannot be {value[:20]!r}; correct it.")
    return said | {"system": system, "settings": settings, "secrets": secrets}


def _secrets(node: Node, key: str, system: System, reading: Reading) -> dict[str, Secret]:
    _note_missing(node, key, system.credentials, reading)
    found = {
        setting.key: read_secret(node.entries[setting.key], f"{key}.{setting.key}", reading)
        for setting in system.credentials
        if setting.key in node.entries
    }
    return {word: secret for word, secret in found.items() if secret is not None}


def _note_missing(node: Node, key: str, settings: tuple[Setting, ...], reading: Reading) -> None:
    for setting in settings:
        given = node.entries.get(setting.key)
        if given is not None and given.value is not None:
            continue
        if key.startswith("targets."):
            advice = f"write {setting.key}: ${{{setting.env}}} there, and set that variable"
        else:
            advice = f"set {setting.env}, or give targets.{key}.{setting.key} in the configuration"
        reading.lack(node, f"{key}.{setting.key}", f"missing; {advice}")
