"""What `detect` makes of files: their format, envelope, shapes and why.

Knows records and detection; judges no field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orderctl.errors import NoInput
from orderctl.report.text import count

if TYPE_CHECKING:
    from orderctl.files import Format


@dataclass(slots=True)
class Seen:
    """What one file holds; `unclear` are the indexes of the records whose shape cannot be told."""

    file: str
    format: str | None = None
    envelope: str | None = None
    orders: int = 0
    shapes: dict[str, int] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    unclear: dict[int, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The file's entry in `orderctl.detect/1`."""
        return {
            "file": self.file,
            "format": self.format,
            "orders": self.orders,
            "shapes": self.shapes,
            "envelope": self.envelope,
            "unclear": list(self.unclear),
        }

    def lines(self) -> list[str]:
        """The file's lines for people."""
        form = f"{self.format}, {self.envelope}" if self.format else "nothing in it"
        lines = [f"{self.file}: {count(self.orders, 'order')} ({form})"]
        lines += [f"  {number:,} {shape}: {self.why[shape]}" for shape, number in self.shapes.items()]
        return lines + [f"  unclear at index {index}: {why}" for index, why in self.unclear.items()]


def look_into(files: Sequence[str], input_format: "Format | None", *, allow_empty: bool) -> list[Seen]:
    """Look into every file named. Raises NoInput where no file holds an order."""
    from orderctl import files as reading
    from orderctl import systems

    paths, beside = systems.envelopes()
    envelopes = reading.Envelopes(paths, beside)
    seen = []
    for name in reading.find_files(files, allow_empty=allow_empty):
        found = Seen(reading.named(name))
        for record in reading.read(name, envelopes, input_format):
            found.format, found.envelope = record.format, record.envelope
            found.orders += 1
            _note(found, record.index, record.document, record.fault.message if record.fault else None)
        seen.append(found)
    if not any(each.orders for each in seen) and not allow_empty:
        named = ", ".join(each.file for each in seen)
        raise NoInput(f"No order in {named}. An empty input is allowed with --allow-empty.")
    return seen


def _note(found: Seen, index: int, document: object, fault: str | None) -> None:
    from orderctl.detect import detect
    from orderctl.mapping.wording import no_order, one_of

    if fault is not None or not isinstance(document, Mapping):
        found.unclear[index] = fault or no_order(document)
        return
    told = detect(document)
    if told.shape is None:
        fits = f"fits {one_of(told.fits, 'and')}: " if told.fits else ""
        found.unclear[index] = fits + told.why
        return
    found.shapes[told.shape] = found.shapes.get(told.shape, 0) + 1
    found.why.setdefault(told.shape, told.why)
