"""The configuration: where it lies, what it says, and the targets that it names.

Knows files and the environment; knows no vendor and makes no request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orderctl.config import tree
from orderctl.config.journal import VARIABLE
from orderctl.config.keys import read_root
from orderctl.config.reading import Reading
from orderctl.config.resolve import place_of, resolve
from orderctl.config.secret import Secret
from orderctl.config.shown import Row, rows
from orderctl.config.target import Target
from orderctl.config.tree import Node
from orderctl.errors import UsageError

__all__ = ["Config", "Row", "Secret", "Target", "describe", "load"]

_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Config:
    """What the configuration says; `path` is None where there is no file.

    `defaults` and `maps` are as in the file, checked; parties are mappings with the names of `order.Party`. `journal`
    is the URL of a database, None for a file in `state_dir`.
    """

    path: Path | None
    defaults: Mapping[str, Any]
    maps: Mapping[str, Any]
    state_dir: Path
    journal: Secret | None
    tree: Node = field(repr=False)

    @property
    def targets(self) -> tuple[str, ...]:
        """The names under `targets:`."""
        return tuple(self.tree.under("targets"))

    def target(
        self, name: str, environ: Mapping[str, str], *, sandbox: bool = False, need_credentials: bool = True
    ) -> Target:
        """The target of this name, or of a system's name, which then takes its settings from the environment.

        Where credentials are not needed, those that are missing are left out. The sandbox needs no account:
        its address, ids and keys are for the caller to put in. Raises UsageError for an unknown name, a wrong
        value and whatever is missing, all at once.
        """
        node, key = place_of(name, self.tree.under("targets"), environ)
        said = resolve(node, key, environ, _folder(self.path), sandbox=sandbox, need_credentials=need_credentials)
        return Target(
            name=name,
            system=said["system"].name,
            base_url=said.get("base_url", said["system"].base_url),
            settings=said["settings"],
            secrets=said["secrets"],
            account=said.get("account"),
            batch=said.get("batch", 1),
            rate=said.get("rate"),
            rate_group=said.get("rate_group"),
            settle=said.get("settle"),
            environment=said.get("environment"),
            proxy=said.get("proxy"),
            ca_file=said.get("ca_file"),
            defaults={**self.defaults, **said.get("defaults", {})},
            maps=_merged(self.maps, said.get("maps", {}), depth=3),
            state_dir=self.state_dir,
            journal=None if sandbox else self.journal,
            sandbox=sandbox,
        )


def load(path: str | None, environ: Mapping[str, str]) -> Config:
    """Read and check the configuration at `path`, else ORDERCTL_CONFIG, ./orderctl.yaml, or the user's own.

    A target's `${VAR}` is looked up when that target is asked for, all others here. Raises UsageError with
    every problem, each with its file and line.
    """
    found = _find(path, environ)
    root = _with_variable(_read(found) if found else Node({}, "no configuration"), environ)
    everything = Reading(None, _folder(found))
    read_root(root, "", everything)
    everything.finish()
    reading = Reading(environ, _folder(found))
    shared = {key: node for key, node in root.entries.items() if key != "targets"}
    said = read_root(Node(shared, root.where), "", reading)
    reading.finish()
    return Config(
        path=found,
        defaults=said.get("defaults", {}),
        maps=said.get("maps", {}),
        state_dir=said.get("state_dir") or _user_state(),
        journal=said.get("journal"),
        tree=root,
    )


def describe(config: Config, environ: Mapping[str, str]) -> list[Row]:
    """Every setting in force: its dotted key, its value (secrets masked) and where it came from."""
    return rows(config.tree, config.state_dir, environ)


def _find(path: str | None, environ: Mapping[str, str]) -> Path | None:
    """The file to read; one that was named must be there."""
    named = path or environ.get("ORDERCTL_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    usual = (Path("orderctl.yaml"), user_config_path("orderctl", appauthor=False) / "config.yaml")
    return next((place for place in usual if place.is_file()), None)


def _read(path: Path) -> Node:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise UsageError(f"{path}: larger than {_MOST_BYTES:,} bytes, which is no configuration")
        return tree.read(content.decode("utf-8-sig"), str(path))
    except OSError as error:
        raise UsageError(f"{path}: the configuration cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: the configuration is not UTF-8 (byte {error.start}); save it as UTF-8") from error


def _with_variable(root: Node, environ: Mapping[str, str]) -> Node:
    """The tree with the journal that the environment names; a variable that is set to nothing is not set."""
    if not environ.get(VARIABLE):
        return root
    given = Node(f"${{{VARIABLE}}}", f"environment variable {VARIABLE}")
    return Node({**root.entries, "journal": given}, root.where)


def _folder(path: Path | None) -> Path:
    return path.parent if path else Path()


def _user_state() -> Path:
    from platformdirs import user_state_path

    return user_state_path("orderctl", appauthor=False)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """Maps with others on top, word by word: kind, shape or system, word."""
    if depth == 1:
        return {**below, **above}
    keys = dict.fromkeys((*below, *above))
    return {key: _merged(below.get(key, {}), above.get(key, {}), depth - 1) for key in keys}
