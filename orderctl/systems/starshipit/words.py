"""The value kinds of Starshipit: UTC times, country names, kilograms and metres, statuses, signatures.

Knows Starshipit's words; knows no other system's.
"""

import difflib
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from orderctl import moments, places
from orderctl.findings import Severity
from orderctl.mapping.kinds import INTEGER, NUMBER, Kind, OpenList, Refused, TypedNumber, read_country
from orderctl.mapping.remote import read_remote, write_remote
from orderctl.mapping.scalars import number_to_wire, unquoted_boolean, unquoted_number
from orderctl.mapping.way import Way
from orderctl.mapping.wording import found, instead, one_of
from orderctl.order import Length, Weight

CARRIERS = (
    "CourierPost NZPost DHL Fastways PostHaste CastleParcels NZCouriers NOW Sub60 PlainLabel AusPost UPS Urgent "
    "DPDNL PBT TollPriority DHLGlobalMail CouriersPlease StarTrack Pace StarTrackCourier TollIPEC TNT Sendle "
    "HunterExpress InXpress QuantiumSolutions PickupInStore PackAndSend Seko Zoom2u QuantiumSolutionsNZ "
    "PlainLabel2 PlainLabel3 PlainLabel4 PlainLabel5 DHLParcelEurope DPDLocalUK DPDUK RoyalMail DeutschePost "
    "USPS DHLUS SingaporePost DHLParcelUK BorderExpress Hermes MyPostBusiness None"
).split()
"""The 49 carriers of the page; an open list in practice."""
PLATFORMS = (
    "MoneyWorks Myob Xero TradeMe BigCommerce Unleashed Zeald Mangento Shopify Solutionists Exonet Bocapa "
    "MangentoExtension Vend BlackPepper Salesforce CSVFile Tradevine API eBay Opencart TradeGecko OrderDesk "
    "HikaShop WooCommerce Cin7 MyobCloud Amazon Etsy Magento2 DEAR Neto WebsiteBuilder NetSuite _3PLCentral "
    "PrestaShop Brightpearl Peoplevox Tiendanube"
).split()
"""The 39 platforms of the page's answer; others have been observed."""
_READ = {
    "Unshipped": "pending",
    "Saved": "saved",
    "Printed": "printed",
    "AwaitingDispatch": "awaiting_dispatch",
    "Dispatched": "shipped",
    "Delivered": "delivered",
    "Delivered6": "delivered",
}
_WRITE = {canonical: word for word, canonical in _READ.items() if word != "Delivered6"}
_SIGNED = {
    "signature": True,
    "adult_signature": True,
    "direct_signature": True,
    "none": False,
    "delivery": False,
}
_WANT_STATUS = one_of(_WRITE.values())
_SIGNATURES = {True: "signature", False: "none"}
_WANT_TIME = "a time in UTC such as 2020-12-09T02:11:12Z, with at most 7 digits after the second"
_WANT_COUNTRY = "the name or the code of a country"


def _read_status(value: str, way: Way) -> str:
    if (status := _READ.get(value)) is None:
        raise Refused("unknown-choice", instead(value, _WANT_STATUS))
    return status


def _write_status(value: str, way: Way) -> str:
    if (word := _WRITE.get(value)) is None:
        raise Refused("no-word", f"Starshipit has no word for {value}; set maps.statuses.starshipit.{value}")
    return word


def _read_signature(value: bool, way: Way) -> str:
    return _SIGNATURES[value]


def _write_signature(value: str, way: Way) -> bool:
    if value not in ("signature", "none"):
        way.note("approximated", "Starshipit knows only whether a signature is needed")
    return _SIGNED[value]


def _read_time(value: str, way: Way) -> Any:
    read = moments.read_local(value, "UTC")
    if read is None:
        raise Refused("date-format", instead(value, _WANT_TIME))
    return read.value


def _write_time(value: Any, way: Way) -> str:
    text, note = moments.write_utc(value)
    if note == "midnight":
        way.note("assumed", "a day without a time is midnight UTC")
    elif note == "day":
        way.note("approximated", "midnight UTC reads as the day without a time")
    return text


def _real_time(value: str) -> str:
    if not moments.is_plain_time(value) and (len(value) <= 10 or moments.read_local(value, "UTC") is None):
        raise PydanticCustomError("date_format", "not a time")
    return value


def _read_country(value: str, way: Way) -> str:
    return read_country(value, way, _WANT_COUNTRY)


def _write_country(value: str, way: Way) -> str:
    return places.country_name(value)


def _known_country(value: str) -> str:
    if places.country_code(value) is None and len(value) > 1:
        raise PydanticCustomError("country", "not a country")
    return value


def _grade_country(value: object) -> tuple[str, Severity, str] | None:
    if isinstance(value, str) and 1 < len(value) <= 100 and value.strip() and places.country_code(value) is None:
        return "unknown-country", "error", instead(value, _WANT_COUNTRY)
    return None


def _grade_origin(value: object) -> tuple[str, Severity, str] | None:
    if isinstance(value, str) and len(value) <= 50 and value and places.country_code(value) is None:
        return "unknown-country", "warning", instead(value, _WANT_COUNTRY)
    return None


def _known_origin(value: str) -> str:
    if value and places.country_code(value) is None:
        raise PydanticCustomError("country", "not a country")
    return value


def _grade_carrier(value: object) -> tuple[str, Severity, str] | None:
    if not isinstance(value, str) or value in CARRIERS:
        return None
    near = difflib.get_close_matches(value, CARRIERS, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return "unlisted-choice", "warning", f"found {found(value)}, which the page does not list{hint}"


def _known_carrier(value: str) -> str:
    if value not in CARRIERS:
        raise PydanticCustomError("carrier", "not listed")
    return value


def _read_kilograms(value: Any, way: Way) -> Weight:
    return Weight(NUMBER.read(value, way), "kg")


def _sure_kilograms(value: Any) -> Weight:
    return Weight(Decimal(value), "kg")


def _read_metres(value: Any, way: Way) -> Length:
    return Length(NUMBER.read(value, way), "m")


def _sure_metres(value: Any) -> Length:
    return Length(Decimal(value), "m")


def _write_measure(value: Weight | Length, way: Way) -> Any:
    return number_to_wire(value.value)


STATUS = Kind(
    "status",
    _read_status,
    _write_status,
    sure=_READ.__getitem__,
    quiet=True,
    code="unknown-choice",
    want=_WANT_STATUS,
    note="status",
)
SIGNATURE = Kind(
    "boolean", _read_signature, _write_signature, unquoted_boolean, sure=_SIGNATURES.__getitem__, note="signature"
)
_UTC = {"type": "string", "pattern": moments.pattern(day=False, naive=True)}
TIME = Kind("time", _read_time, _write_time, code="date-format", want=_WANT_TIME, note="utc", schema=_UTC)
_NAMED = partial(
    Kind, "country name", _read_country, _write_country, sure=places.country_code, quiet=True, note="country name"
)
COUNTRY, ORIGIN = _NAMED(grade=_grade_country), _NAMED(grade=_grade_origin)
CARRIER = Kind("text", grade=_grade_carrier)
KILOGRAMS = Kind(
    "number", _read_kilograms, _write_measure, unquoted_number, sure=_sure_kilograms, quiet=True, note="kg"
)
METRES = Kind("number", _read_metres, _write_measure, unquoted_number, sure=_sure_metres, quiet=True, note="metres")
REMOTE = Kind("integer", read_remote, write_remote, unquoted_number, quiet=True, note="home only")

_INT32 = Field(ge=-(2**31), le=2**31 - 1)
Time: TypeAlias = Annotated[str, AfterValidator(_real_time), TIME]
Country: TypeAlias = Annotated[str, AfterValidator(_known_country), COUNTRY]
Origin: TypeAlias = Annotated[str, AfterValidator(_known_origin), ORIGIN]
Carrier: TypeAlias = Annotated[str, AfterValidator(_known_carrier), CARRIER]
Kilograms: TypeAlias = Annotated[TypedNumber, KILOGRAMS]
Metres: TypeAlias = Annotated[TypedNumber, METRES]
Int32: TypeAlias = Annotated[int, _INT32, INTEGER]
Remote: TypeAlias = Annotated[int, _INT32, REMOTE]
Platform: TypeAlias = Annotated[str, OpenList(tuple(PLATFORMS))]
