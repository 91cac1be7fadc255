"""The configuration file as a tree: every value as it is written, and where it stands.

Knows YAML; knows no key of the configuration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from orderctl.errors import UsageError

if TYPE_CHECKING:
    import yaml

_DEEPEST = 16
_MOST_NODES = 10_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Node:
    """A text, nothing, a mapping or a list; `where` is `file:line` of its key, or what else it came from."""

    value: "str | Mapping[str, Node] | Sequence[Node] | None"
    where: str

    @property
    def entries(self) -> "Mapping[str, Node]":
        """What lies under a mapping's keys; empty for anything else."""
        return self.value if isinstance(self.value, Mapping) else {}

    def under(self, key: str) -> "Mapping[str, Node]":
        """What lies under the keys of the mapping at this key."""
        child = self.entries.get(key)
        return child.entries if child else {}

    @property
    def items(self) -> "Sequence[Node]":
        """What lies in a list; empty for anything else."""
        return [] if self.value is None or isinstance(self.value, str | Mapping) else self.value


def read(text: str, name: str) -> Node:
    """The tree of a YAML text; `name` is what messages call the file.

    Raises UsageError, with the line, for text that is not YAML, repeated keys, tags, and beyond limits.
    """
    import yaml

    try:
        _refuse_depth(text, name)
        root = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        _refuse(
            name,
            error.problem_mark or error.context_mark,
            f"not valid YAML: {error.problem or error.context}",
        )
    except yaml.YAMLError as error:
        _refuse(name, None, f"not valid YAML: {str(error).splitlines()[0]}")
    return Node({}, name) if root is None else _Growth(name).node(root, depth=0)


def _refuse_depth(text: str, name: str) -> None:
    """Stop at deep nesting before anything recurses over it."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            _refuse(name, event.start_mark, f"nested deeper than {_DEEPEST} levels")


def _refuse(name: str, mark: Any, message: str) -> NoReturn:
    raise UsageError(f"{name}:{mark.line + 1}: {message}" if mark else f"{name}: {message}")


class _Growth:
    """Makes a tree of YAML's own nodes; what anchors repeat is counted each time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes = 0

    def node(self, found: "yaml.Node", depth: int) -> Node:
        """The tree below one of YAML's nodes; raises UsageError for what a configuration cannot hold."""
        import yaml

        self._nodes += 1
        if self._nodes > _MOST_NODES or depth > _DEEPEST:
            self._refuse(found, f"more than {_MOST_NODES:,} values or {_DEEPEST} levels once anchors are expanded")
        where = f"{self._name}:{found.start_mark.line + 1}"
        if isinstance(found, yaml.ScalarNode):
            self._check_tag(found, "str")
            return Node(None if not found.style and found.value in _NULLS else found.value, where)
        if isinstance(found, yaml.SequenceNode):
            self._check_tag(found, "seq")
            return Node([self.node(item, depth + 1) for item in found.value], where)
        self._check_tag(found, "map")
        return Node(self._mapping(found, depth), where)

    def _mapping(self, found: "yaml.Node", depth: int) -> dict[str, Node]:
        import yaml

        entries: dict[str, Node] = {}
        for key, value in found.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, "a key must be a word")
            where = f"{self._name}:{key.start_mark.line + 1}"
            if key.value in entries:
                self._refuse(key, f'the key "{key.value}" stands here again, first at {entries[key.value].where}')
            entries[key.value] = replace(self.node(value, depth + 1), where=where)
        return entries

    def _check_tag(self, found: "yaml.Node", kind: str) -> None:
        if found.tag != f"tag:yaml.org,2002:{kind}":
            self._refuse(found, f"the tag {found.tag} is not used here; write the plain value")

    def _refuse(self, found: "yaml.Node", message: str) -> NoReturn:
        _refuse(self._name, found.start_mark, message)
