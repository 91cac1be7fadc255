"""Webship's webhook order, as its pages List Orders and Get Order give it: one line per field.

Knows no other system. The tables name no required field; orderId alone is treated as one, since every order
needs an identity (our reading).
"""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from orderctl import moments
from orderctl.findings import Severity
from orderctl.mapping import moves
from orderctl.mapping.document import Document, field
from orderctl.mapping.kinds import (
    DECIMAL_TEXT,
    INTEGER,
    CountryCode,
    Day,
    Filled,
    Kind,
    Refused,
    Text,
    itself,
    read_decimal_text,
    unsigned,
    write_integer,
)
from orderctl.mapping.scalars import unquoted_number
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Way
from orderctl.mapping.wording import PHONE, REGION, SERVICE, instead
from orderctl.order import Length, LengthUnit
from orderctl.order import Order as Canonical
from orderctl.systems.webship import rules
from orderctl.systems.webship.moves import MOVED, settle
from orderctl.systems.webship.put_order import identity
from orderctl.systems.webship.words import STATUS, WEIGHT, PositiveInteger, write_measure

_WANT_EPOCH = "seconds since 1970, not milliseconds"


def _read_epoch(value: Any, way: Way) -> Any:
    moment = moments.read_epoch(int(value))
    if moment is None:
        raise Refused("date-format", instead(value, _WANT_EPOCH))
    return moment


def _grade_epoch(value: object) -> tuple[str, Severity, str] | None:
    if isinstance(value, int) and not isinstance(value, bool) and value not in moments.EPOCHS:
        return "date-format", "error", instead(value, _WANT_EPOCH)
    return None


def _write_epoch(value: Any, way: Way) -> int:
    seconds, note = moments.write_epoch(value, way.settings.timezone)
    if note == "midnight":
        way.note("assumed", f"a day without a time is midnight in {way.settings.timezone}")
    elif note == "fraction":
        way.note("rounded", "a unix timestamp holds whole seconds")
    return seconds


def _write_quantity(value: Any, way: Way) -> str:
    number = write_integer(value, way)
    unsigned(value)
    return str(number)


def _read_length(value: Any, way: Way) -> Length:
    unit = _implied_unit(way.document.get("weightUnit"))
    way.note("assumed", f"List Orders has no unit for lengths; {unit} goes with this weightUnit")
    return Length(read_decimal_text(value, way), unit)


def _implied_unit(weight_unit: object) -> LengthUnit:
    return "cm" if weight_unit == "kg" else "in"


def _grade_zip(value: object) -> tuple[str, Severity, str] | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return (
            "text-as-number",
            "warning",
            f"found the number {value}; put it in quotes, or leading zeros are lost",
        )
    return None


def _read_zip(value: Any, way: Way) -> str:
    return str(value)


def _grade_status(value: object) -> tuple[str, Severity, str] | None:
    if isinstance(value, str):
        return "unlisted-choice", "warning", f'found "{value}"; the samples know pending, partial, fulfilled'
    return None


EPOCH = Kind(
    "unix timestamp",
    _read_epoch,
    _write_epoch,
    unquoted_number,
    code="date-format",
    grade=_grade_epoch,
    note="epoch",
)
QUANTITY = Kind(
    "positive integer",
    INTEGER.read,
    _write_quantity,
    unquoted_number,
    quiet=True,
    code="out-of-range",
    want="a whole number of 1 or more, such as 2",
)
LENGTH = Kind(
    "decimal text", _read_length, write_measure, code="decimal-format", want=DECIMAL_TEXT.want, note="lengths"
)
ZIP = Kind("text", _read_zip, sure=itself, quiet=True, grade=_grade_zip, also_accepts={"type": "integer"})
OPEN_STATUS = Kind(
    STATUS.word,
    STATUS.read,
    STATUS.write,
    sure=STATUS.sure,
    grade=_grade_status,
    note=STATUS.note,
    also_accepts={"type": "string"},
)

_DECIMAL = StringConstraints(pattern=r"^([0-9]+(\.[0-9]*)?|\.[0-9]+)$", max_length=1000)
Decimals: TypeAlias = Annotated[str, _DECIMAL, DECIMAL_TEXT]
Weights: TypeAlias = Annotated[str, _DECIMAL, WEIGHT]
Lengths: TypeAlias = Annotated[str, _DECIMAL, LENGTH]
Timestamp: TypeAlias = Annotated[int, Field(ge=moments.EPOCHS.start, le=moments.EPOCHS.stop - 1), EPOCH]
Zip: TypeAlias = Annotated[str, ZIP]
Quantity: TypeAlias = Annotated[int | str, PositiveInteger, QUANTITY]


class ListOrders(Document):
    """An object of the pages List Orders and Get Order."""

    page: ClassVar[str] = "List Orders"


class Address(ListOrders):
    """sender, receiver and returnTo; Get Order has the first two, without email."""

    name: Text = field("name")
    company: Text = field("company")
    address1: Text = field("line1")
    address2: Text = field("line2")
    city: Text = field("city")
    state: Text = field("region", why=REGION)
    zip: Zip = field("postal_code")
    country: CountryCode = field("country")
    phone: Text = field("phone", why=PHONE)
    email: Text = field("email")


class Item(ListOrders):
    """items[n]: price and weight are per unit; quantity is text in the vendor's own samples."""

    productId: Text | None = field("product_id")
    sku: Text | None = field("sku")
    title: Text | None = field("title")
    price: Decimals | None = field("unit_price")
    quantity: Quantity | None = field("quantity")
    weight: Weights | None = field("weight")
    imgUrl: Text | None = field("image_url")


class Package(ListOrders):
    """packages[n]: the page has no unit for lengths."""

    weight: Weights | None = field("weight")
    length: Lengths | None = field("length")
    width: Lengths | None = field("width")
    height: Lengths | None = field("height")
    insuranceAmount: Decimals | None = field("insured_value")
    declaredValue: Decimals | None = field("declared_value")


class Order(ListOrders):
    """One order of List Orders, or the one of Get Order."""

    orderId: Filled = field("id", required=True)
    orderNumber: Text | None = field("number")
    orderDate: Timestamp = field("placed_at")
    customerNotes: Text = field("customer_notes")
    dueByDate: Day = field("ship_by")
    status: Literal["pending", "partial", "fulfilled"] = field(
        "status", kind=OPEN_STATUS, see="OBSERVED in the samples of List Orders, status"
    )
    sender: Address = field("sender")
    receiver: Address = field("ship_to")
    returnTo: Address = field("return_to")
    shippingService: Text | None = field("service", why=SERVICE)
    shipperReference: Text | None = field("reference")
    shipping_total: Decimals | None = field("shipping_paid")
    weightUnit: Literal["kg", "lb"] | None = field(None, via="every weight")
    items: list[Item] = field("items")
    packages: list[Package] = field("packages")


def arrive(order: Canonical, way: Way) -> None:
    """A listed order without a status is ready to be shipped; a unit that weighs nothing is noted."""
    if order.status is None and not way.findings:
        order.status = "pending"
        way.assume(("status",), "List Orders holds only orders that are ready to be shipped")
    if way.document.get("weightUnit") and moves.weight_unit(order) is None:
        way.unsaid.append(("weightUnit",))


def depart(order: Canonical, way: Way) -> None:
    """Make an order ready for List Orders; the sender stays optional and is never filled."""
    if not way.home:
        settle(order, way)
    unit = moves.weight_unit(order)
    moves.weigh_in(order, way, unit or "lb")
    moves.measure_in(order, way, _implied_unit(unit))


def finish(document: dict[str, Any], order: Canonical, way: Way) -> None:
    """State the unit of all weights once, where anything is weighed."""
    if (unit := moves.weight_unit(order)) is not None:
        document["weightUnit"] = unit


SHAPE = Shape(
    name="webship-webhook",
    system="webship",
    title="Webship",
    model=Order,
    identity=identity,
    one="orders",
    several="orders",
    listed=True,
    null="warning",
    across=rules.webhook,
    says=rules.WEBHOOK_SAYS,
    arrive=arrive,
    depart=depart,
    finish=finish,
    moved={place: words for place, words in MOVED.items() if not words.startswith("items")},
)
