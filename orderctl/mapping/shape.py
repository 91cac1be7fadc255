"""A shape: one wire format of orders, as everything else sees it.

Knows what its declaration says; all else is derived from the models, once, when first needed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from orderctl.findings import Finding, Severity
from orderctl.mapping import check as checking
from orderctl.mapping.check import Judge
from orderctl.mapping.document import Document
from orderctl.mapping.prepare import Pattern, Row, Table, fill, pattern_of, places, prepare, wire_name
from orderctl.mapping.sound import Soundness
from orderctl.mapping.way import Way
from orderctl.order import Order
from orderctl.paths import Path, look, unspell

if TYPE_CHECKING:
    from orderctl.mapping.reader import Read
    from orderctl.mapping.writer import Write


class Identity(NamedTuple):
    """What makes a document the same order again, and the number that people see."""

    key: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class Says:
    """A rule between fields, as `orderctl explain` tells it: its code, where it holds, and how we know.

    `basis` is "documented", "OBSERVED", or "inferred".
    """

    code: str
    where: str
    basis: str = "documented"


_Found = TypeVar("_Found")
_SHORT = 64


@dataclass(eq=False)
class Shape:
    """One wire format.

    - `model` declares the fields; `whole` documents write every documented key.
    - `one` and `several` are the envelope's key for one order and for several, "" for bare; `listed` envelopes
      hold a list also for one order.
    - `across` holds the rules between fields; `null` is how severe a null is where the page has none.
    - `arrive` completes a canonical order that was read, `depart` makes one ready to be written, `finish`
      completes the document written.
    - `aka` names, for canonical places that no single line holds, the place in the document
      (`{"packages[n].length": "dimensions.length"}`); `only_read` is the same for places that are never written.
    - `says` lists the rules between fields for `orderctl explain`.
    - `moved` says in words where `depart` puts places that have no home here, for `orderctl fields`.
    - `removes` is the flag by which a line is deleted.
    - `own` is the canonical order's own shape, which holds everything and has no words of its own.
    """

    name: str
    system: str
    title: str
    model: type[Document]
    identity: Callable[[Mapping[str, Any]], Identity]
    whole: bool = False
    one: str = ""
    several: str = ""
    across: Callable[[Mapping[str, Any], Judge], None] | None = None
    arrive: Callable[[Order, Way], None] | None = None
    depart: Callable[[Order, Way], None] | None = None
    finish: Callable[[dict[str, Any], Order, Way], None] | None = None
    aka: Mapping[str, str] | None = None
    only_read: Mapping[str, str] | None = None
    removes: str | None = None
    moved: Mapping[str, str] | None = None
    own: bool = False
    listed: bool = False
    null: Severity = "error"
    says: tuple[Says, ...] = ()

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of a document itself, known without preparing its lines."""
        return frozenset(wire_name(self.model, name) for name in self.model.model_fields)

    @cached_property
    def table(self) -> Table:
        """The prepared lines; refuses a line whose canonical name does not exist."""
        return prepare(self.model, Order, whole=self.whole)

    @cached_property
    def _read(self) -> "Read":
        from orderctl.mapping.reader import reader

        return reader(self.table)

    @cached_property
    def _read_sound(self) -> "Read":
        from orderctl.mapping.reader import reader

        return reader(self.table, sound=True)

    @cached_property
    def _write(self) -> "Write":
        from orderctl.mapping.writer import writer

        return writer(self.table)

    @cached_property
    def sound(self) -> Soundness:
        """The quick question whether all the fields of a document are right."""
        return Soundness(self.table)

    @cached_property
    def rows(self) -> dict[Pattern, Row]:
        """Every line by its place in the document."""
        return {wire: row for wire, _, row in places(self.table)}

    @cached_property
    def _wires(self) -> dict[Pattern, Pattern]:
        also = {**(self.only_read or {}), **(self.aka or {})}
        named = {_pattern(place): _pattern(wire) for place, wire in also.items()}
        lines = {canonical: wire for wire, canonical, _ in reversed(list(places(self.table))) if canonical is not None}
        return {**lines, **named}

    @cached_property
    def _canonicals(self) -> dict[Pattern, Pattern]:
        also = {**(self.only_read or {}), **(self.aka or {})}
        named = {_pattern(wire): _pattern(place) for place, wire in reversed(also.items())}
        lines = {wire: canonical for wire, canonical, _ in places(self.table) if canonical}
        return {**named, **lines}

    @cached_property
    def written(self) -> frozenset[Pattern]:
        """The canonical places that have a home here which is written, not only read."""
        return frozenset(self._wires) - self._only_read

    @cached_property
    def holds(self) -> Callable[[Path], bool]:
        """Whether exactly this canonical place has a home here."""
        return lru_cache(maxsize=4096)(lambda canonical: pattern_of(canonical) in self._wires)

    def writes(self, canonical: Path) -> bool:
        """Whether this canonical place is written here, not only read."""
        return self.holds(canonical) and pattern_of(canonical) not in self._only_read

    def lands(self, canonical: Path) -> str | None:
        """Where `depart` puts a canonical place that has no home of its own here, in words; None elsewhere."""
        return self._lands.get(pattern_of(canonical))

    @cached_property
    def _only_read(self) -> frozenset[Pattern]:
        return frozenset(_pattern(place) for place in self.only_read or ())

    @cached_property
    def _lands(self) -> dict[Pattern, str]:
        return {_pattern(place): words for place, words in (self.moved or {}).items()}

    @cached_property
    def where(self) -> Callable[[Path], Path | None]:
        """The place in the document of a canonical place, or of what it lies in; None when there is none."""
        return lru_cache(maxsize=4096)(partial(_look_up, self._wires))

    @cached_property
    def canonical(self) -> Callable[[Path], Path | None]:
        """The canonical place of a place in the document, or of what it lies in; None when there is none."""
        return _remembered(partial(_look_up, self._canonicals))

    def row(self, path: Path) -> Row | None:
        """The line of a place in the document."""
        pattern = pattern_of(path)
        return self.rows.get(pattern) or self.rows.get((*pattern, None)) or self.rows.get(pattern[:-1])

    def check(self, document: Any, *, sound: bool = False) -> list[Finding]:
        """All that is wrong with one document under this shape's own rules.

        `sound` says that this shape's `sound` has vouched for its fields.
        """
        return checking.check(self, document, sound=sound)

    def parse(self, document: Mapping[str, Any], way: Way) -> Order:
        """The canonical order of a document; what cannot be read is refused on the way."""
        order: Order = (self._read_sound if way.sound else self._read)(document, way)
        order.origin = order.origin or self.name
        if self.arrive is not None:
            self.arrive(order, way)
        return order

    def write(self, order: Order, way: Way) -> dict[str, Any]:
        """The document of an order that `depart` has made ready."""
        document = self._write(order, way)
        if self.finish is not None:
            self.finish(document, order, way)
        return document

    def settle(self, document: Any) -> Any:
        """Type the unquoted scalars of a YAML document by their fields; elsewhere they stay text."""
        return _settle(self.table, document)

    def finding(
        self,
        code: str,
        path: Path,
        message: str,
        document: Mapping[str, Any] | None,
        *,
        severity: Severity = "error",
        target: Path | None = None,
    ) -> Finding:
        """A finding at a place of this shape, with the value there and the place in the vendor's page."""
        return Finding(
            code=code,
            path=path,
            message=message,
            severity=severity,
            value=look(document, path) if path else None,
            source=self.citation(path),
            target_path=target,
            shape=self.name,
            order=self.identity(document).key if document is not None else None,
        )

    @cached_property
    def citation(self) -> Callable[[Path], str]:
        """The place in the vendor's page that a field's rule is from, such as
        "Webship, Put Order, items[n].price"; a rule that was only observed says so."""
        return _remembered(self._cite)

    def _cite(self, path: Path) -> str:
        row = self.row(path)
        if row is not None and row.line.see:
            return f"{self.title}, {row.line.see}"
        spelled = "".join(
            "[n]" if isinstance(part, int) else f".{part}" if at else part for at, part in enumerate(path)
        )
        page = self.model.page
        return f"{self.title}, {page}, {spelled}" if spelled and row else f"{self.title}, {page}"


def _remembered(find: Callable[[Path], _Found]) -> Callable[[Path], _Found]:
    """The same answers, remembered for places in a document whose key is short; keys nobody knows may be long."""
    known = lru_cache(maxsize=1024)(find)
    return lambda path: known(path) if not path or isinstance(path[-1], int) or len(path[-1]) <= _SHORT else find(path)


def _look_up(table: Mapping[Pattern, Pattern], path: Path) -> Path | None:
    for end in range(len(path), 0, -1):
        head = path[:end]
        pattern = pattern_of(head)
        found = table.get(pattern)
        if found is None and isinstance(head[-1], str):
            found = table.get((*pattern, None))
            found = found[:-1] if found and found[-1] is None else found
        if found is not None:
            return fill(found, head)
    return None


def _pattern(text: str) -> Pattern:
    path = unspell(text.replace("[n]", "[0]"))
    assert path is not None, text
    return pattern_of(path)


def _settle(table: Table | None, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _settle_field(table, key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_settle(table, inner) for inner in value]
    return str(value) if isinstance(value, str) else value


def _settle_field(table: Table | None, key: str, value: Any) -> Any:
    row = table.by_wire.get(key) if table is not None else None
    if row is None or (row.nested is not None and not isinstance(value, str)):
        return _settle(row.nested if row is not None else None, value)
    return _settle_within(row, value)


def _settle_within(row: Row, value: Any) -> Any:
    """Type all that lies in a field by the field's kind."""
    if isinstance(value, Mapping):
        return {key: _settle_within(row, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_settle_within(row, inner) for inner in value]
    return row.kind.unquoted(str(value)) if isinstance(value, str) and type(value) is not str else value
