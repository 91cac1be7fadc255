"""Webship's rules between fields: states, phones, declared and insured values.

Knows both of Webship's shapes, as documents; the severities are those of the project's rulings.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orderctl import places, units
from orderctl.findings import Severity
from orderctl.mapping import reckon
from orderctl.mapping.check import Judge
from orderctl.mapping.moves import ten_digits
from orderctl.mapping.shape import Says
from orderctl.mapping.wording import found, instead, no_region, unsafe_id
from orderctl.paths import Path

_CODED = ("US", "CA")
_PARTIAL = "partial"
_ZERO = re.compile(r"0+(\.0*)?|\.0+")


def put_order(document: Mapping[str, Any], judge: Judge) -> None:
    """The rules of the page Put Order that one line cannot say."""
    safe_id(document, judge)
    for key in ("sender", "receiver"):
        _address(document.get(key), (key,), judge, required=True, severity="error")
    _address(document.get("returnTo"), ("returnTo",), judge, required=False, severity="error")
    _packages(document, judge)
    _weights(document, judge, partial=document.get("fulfillmentStatus") == _PARTIAL)


def webhook(document: Mapping[str, Any], judge: Judge) -> None:
    """The same for List Orders and Get Order, whose tables name no required field."""
    safe_id(document, judge)
    for key in ("sender", "receiver", "returnTo"):
        _address(document.get(key), (key,), judge, required=False, severity="warning")
    _packages(document, judge)
    _weights(document, judge, partial=document.get("status") == _PARTIAL)


def safe_id(document: Mapping[str, Any], judge: Judge) -> None:
    """The orderId stands in the URL: no control characters, no dot segment, at most 100 characters."""
    key = document.get("orderId")
    if isinstance(key, str) and key.strip() and (unsafe := unsafe_id(key)):
        judge.find("unsafe-id", ("orderId",), unsafe)


def _address(address: Any, at: Path, judge: Judge, *, required: bool, severity: Severity) -> None:
    if not isinstance(address, dict):
        return
    country = address.get("country")
    code = country.upper() if isinstance(country, str) else None
    if required:
        for key in ("state", "zip"):
            value = address.get(key)
            if isinstance(value, str) and not value.strip():
                _blank((*at, key), code, judge)
    if code in _CODED:
        _state(address.get("state"), at, code, judge, severity)
    phone = address.get("phone")
    if isinstance(phone, str) and phone.strip() and ten_digits(phone) is None:
        judge.find("phone-digits", (*at, "phone"), f"found {found(phone)}; the page asks for ten digits", "warning")


def _blank(path: Path, country: str | None, judge: Judge) -> None:
    """A state or zip that is there but blank."""
    if country in _CODED:
        judge.find("blank", path, f"found blank text; the page requires a value in {country}")
    else:
        judge.find("blank", path, "found blank text; some countries have none", "warning")


def _state(value: Any, at: Path, country: str, judge: Judge, severity: Severity) -> None:
    if not isinstance(value, str) or value in places.REGION_CODES[country] or not value.strip():
        return
    code = places.region_code(country, value)
    only_case = code == value.upper()
    message = instead(value, code) if code else no_region(value, country)
    judge.find("state-code", (*at, "state"), message, "warning" if only_case else severity)


def _packages(document: Mapping[str, Any], judge: Judge) -> None:
    declares = False
    packages = document.get("packages")
    for index, package in enumerate(packages if isinstance(packages, list) else ()):
        if not isinstance(package, dict):
            continue
        at: Path = ("packages", index)
        insured, declared = package.get("insuranceAmount"), package.get("declaredValue")
        if isinstance(insured, str) and _ZERO.fullmatch(insured):
            judge.find("insured-zero", (*at, "insuranceAmount"), "found zero; write null for no insurance", "warning")
        if not declared:
            continue
        if not _domestic(document):
            declares = True
        elif isinstance(declared, str) and declared.strip():
            judge.find(
                "declared-domestic",
                (*at, "declaredValue"),
                f"found {found(declared)} on a domestic shipment; write null",
            )
    if declares:
        stated, place = reckon.packed(document, "declaredValue", reckon.text_number)
        reckon.amount(place, stated, reckon.worth(document, "price", reckon.text_number), judge)


def _domestic(document: Mapping[str, Any]) -> bool:
    countries = [
        party.get("country") if isinstance(party := document.get(key), Mapping) else None
        for key in ("sender", "receiver")
    ]
    first, second = (country.upper() if isinstance(country, str) else None for country in countries)
    return first is not None and first == second


def _weights(document: Mapping[str, Any], judge: Judge, *, partial: bool) -> None:
    """All weights have one unit; without it they say nothing."""
    if (scale := _SCALES.get(str(document.get("weightUnit")))) is not None:
        reckon.weigh(document, judge, scale, partial=partial)


def _pounds(value: Any) -> Decimal | None:
    number = reckon.text_number(value)
    return number * units.KILOGRAMS["lb"] if number is not None else None


_SCALES = {
    "kg": reckon.Scale(reckon.text_number, reckon.text_number, float),
    "lb": reckon.Scale(_pounds, reckon.text_number, float, float(units.KILOGRAMS["lb"])),
}


def _rules(*parties: str, basis: str) -> tuple[Says, ...]:
    return (
        Says("unsafe-id", "orderId", "our own rule: the id stands in the URL"),
        *(Says("state-code", f"{party}.state", basis) for party in parties),
        *(Says("phone-digits", f"{party}.phone") for party in parties),
        Says("insured-zero", "packages[n].insuranceAmount"),
        Says("declared-domestic", "packages[n].declaredValue"),
        Says("absurd-weight", "items[n].weight, packages[n].weight", "inferred"),
        Says("sums-differ", "packages[n].weight with items[n].weight", "inferred"),
        Says("sums-differ", "packages[n].declaredValue with items[n].price", "inferred"),
    )


SAYS = _rules("sender", "receiver", "returnTo", basis="documented")
"""The rules between fields of the page Put Order."""
WEBHOOK_SAYS = _rules("sender", "receiver", "returnTo", basis="documented for REST; the webhook samples break it")
