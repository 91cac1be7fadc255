"""The keys of the configuration: a row for each, with what it may hold.

Knows the names of the systems and the fields of a party; knows no file and no environment.
"""

import difflib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args
from urllib.parse import urlsplit

from orderctl import moments, places, systems
from orderctl.config.journal import read_journal
from orderctl.config.reading import Reader, Reading, entries, nearest, scalar, section
from orderctl.config.secret import read_secret
from orderctl.config.tree import Node
from orderctl.mapping.wording import one_of
from orderctl.order import Party, Status
from orderctl.systems import System


def read_root(node: Node, key: str, reading: Reading) -> dict[str, Any]:
    """A reader of the whole file."""
    return _ROOT(node, key, reading)


def read_target(node: Node, key: str, reading: Reading) -> dict[str, Any]:
    """A reader of one target, by the keys of the system that it names."""
    system = system_of(node, key, reading)
    return section(target_keys(system))(node, key, reading) if system else {}


def system_of(node: Node, key: str, reading: Reading) -> System | None:
    """The system that a target names; a problem is noted when it names none."""
    if node.value is not None and not isinstance(node.value, Mapping):
        reading.wrong(node, key, f"write a mapping here, with system: {one_of(systems.names())}")
        return None
    named = node.entries.get("system")
    if named is None or named.value is None:
        near = difflib.get_close_matches("system", node.entries, n=1)
        meant = f'; "{near[0]}" is no key, is it meant?' if near and not named else ""
        reading.wrong(node, f"{key}.system", f"missing; one of {', '.join(systems.names())}{meant}")
        return None
    name = reading.text(named, f"{key}.system")
    if name in systems.names():
        return systems.load(name)
    if name is not None:
        reading.wrong(named, f"{key}.system", f'no system "{name}"; {nearest(name, systems.names())}')
    return None


def target_keys(system: System) -> dict[str, Reader]:
    """The keys of a target of this system, in the order in which they are shown."""
    ids = {setting.key: scalar(_plain) for setting in system.settings}
    secrets = {setting.key: read_secret for setting in system.credentials}
    return {"system": _one_of(*systems.names()), "base_url": scalar(_base_url), **ids, **secrets, **_TARGET}


def _plain(text: str) -> str:
    if not text or not text.isprintable() or text != text.strip():
        raise ValueError("write a text without line breaks or blanks at its ends")
    return text


def _base_url(text: str) -> str:
    host = _host(text, ("https", "http"))
    if urlsplit(text).scheme == "http" and not _is_loopback(host):
        raise ValueError("https is needed; http is allowed only on this machine (localhost)")
    if "@" in urlsplit(text).netloc:
        raise ValueError("write it without user and password")
    if "?" in text or "#" in text:
        raise ValueError("write it without a query or fragment")
    return text.rstrip("/")


def _proxy(text: str) -> str:
    _host(text, ("http", "https"))
    return text


def _host(text: str, schemes: tuple[str, ...]) -> str:
    allowed = f"write a URL such as {schemes[0]}://host"
    try:
        url = urlsplit(_plain(text))
        host, port = url.hostname, url.port
    except ValueError:
        raise ValueError(allowed) from None
    if url.scheme not in schemes or not host or port == 0 or " " in text:
        raise ValueError(allowed)
    return host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _matching(pattern: str, allowed: str) -> Reader:
    return scalar(lambda text: _fitting(text, pattern, allowed))


def _fitting(text: str, pattern: str, allowed: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(allowed)
    return text


def _one_of(*words: str) -> Reader:
    return scalar(lambda text: _word(text, words))


def _word(text: str, words: tuple[str, ...]) -> str:
    if text not in words:
        raise ValueError(f"one of {', '.join(words)}")
    return text


def _settle(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise ValueError("seconds, 0 or more, such as 30")
    return float(text)


def _batch(text: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= 100:
        raise ValueError("a whole number from 1 to 100")
    return int(text)


def _zone(text: str) -> str:
    if not moments.is_zone(text):
        raise ValueError("the name of a time zone, such as America/Denver")
    return text


def _country(text: str) -> str:
    code = places.country_code(text)
    if code is None:
        raise ValueError("a country, such as US")
    return code


def _shape_or_system(name: str) -> None:
    known = dict.fromkeys((*systems.shape_names(), *systems.names()))
    if name not in known:
        raise ValueError(f"no such shape or system; {nearest(name, known)}")


def _status(name: str) -> None:
    if name not in get_args(Status):
        raise ValueError(f"no such status; {nearest(name, get_args(Status))}")


def _existing_file(node: Node, key: str, reading: Reading) -> str | None:
    name = reading.text(node, key)
    if name is None:
        return None
    path = reading.path(name)
    if not path.is_file():
        reading.wrong(node, key, f'no such file; found "{name}"')
    return str(path)


def _folder(node: Node, key: str, reading: Reading) -> Any:
    name = reading.text(node, key)
    return reading.path(name) if name else None


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[_word(text, ("true", "false"))]


_PARTY = section(
    {field.name: scalar(str) for field in fields(Party)} | {"country": scalar(_country), "residential": scalar(_flag)}
)


def _placed(node: Node, key: str, reading: Reading) -> dict[str, Any] | None:
    """A party that says its country: where it fills one in, no order completes it."""
    if node.entries and "country" not in node.entries:
        reading.wrong(node, key, "country is missing; no order can complete this address")
    return _PARTY(node, key, reading) or None


_DEFAULTS = section(
    {
        "timezone": scalar(_zone),
        "currency": _matching("[A-Z]{3}", "an ISO 4217 code, such as USD"),
        "sender": _PARTY,
        "return_to": _placed,
    }
)
_MAPS = section(
    {
        "services": entries(entries(scalar(_plain)), check=_shape_or_system),
        "statuses": entries(entries(_one_of(*get_args(Status)), check=_status), check=_shape_or_system),
        "carriers": entries(
            entries(section({"carrier": scalar(_plain), "service": scalar(_plain)})), check=_shape_or_system
        ),
    }
)
_TARGET: dict[str, Reader] = {
    "account": scalar(_plain),
    "batch": scalar(_batch),
    "rate": _matching("[1-9][0-9]{0,5}/(second|minute)", "a rate such as 5/second or 40/minute"),
    "rate_group": scalar(_plain),
    "settle": scalar(_settle),
    "environment": _one_of("live", "sandbox"),
    "proxy": scalar(_proxy),
    "ca_file": _existing_file,
    "defaults": _DEFAULTS,
    "maps": _MAPS,
}
_ROOT = section(
    {
        "targets": entries(read_target, check=_plain),
        "defaults": _DEFAULTS,
        "maps": _MAPS,
        "state_dir": _folder,
        "journal": read_journal,
    }
)
