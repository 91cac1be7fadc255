"""What the sandbox's pages share: the frame, tables, facts, bodies, links.

Knows the store's lines as they are listed; every text is escaped by `markup`.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import msgspec

from orderctl import systems as known
from orderctl.sandbox.markup import Html, join, tag
from orderctl.sandbox.shown import PER_PAGE, Asked, Line
from orderctl.sandbox.store import BODY_KEPT

_NOTE = "It stands in by the vendors' documents, not by their servers: what passes here may still be refused there."
_NAVIGATION = {"Orders": "/", "Requests": "/requests", "Refusals": "/requests?refused=1"}


def layout(title: str, *content: object) -> Html:
    """A whole page; where its title is in the navigation, that entry is the current one."""
    links = [
        tag("a", name, href=address, aria_current="page" if name == title else None)
        for name, address in _NAVIGATION.items()
    ]
    bar = tag(
        "div",
        tag("a", "orderctl sandbox", href="/", class_="name"),
        tag("nav", *links, aria_label="Pages"),
        tag("span", id="state", class_="state"),
        class_="bar",
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · orderctl sandbox"),
        tag("link", rel="icon", href="data:,"),
        tag("link", rel="stylesheet", href="/page.css"),
        tag("script", src="/page.js", defer=True),
    )
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#content", class_="skip"),
        tag("header", bar),
        tag("p", id="say", class_="skip", role="status"),
        tag("main", *content, id="content"),
        tag("footer", tag("p", _NOTE)),
    )
    return join(Html("<!doctype html>"), tag("html", head, body, lang="en"))


def live(last: int, *content: object) -> Html:
    """The part of a page that the script renews when there is a later request than `last`."""
    return tag("div", *content, data_live=last)


def system_choice(chosen: str) -> Html:
    """The choice of one system or all."""
    options = [
        tag("option", title_of(name) if name else "All systems", value=name, selected=name == chosen)
        for name in ("", *known.names())
    ]
    return tag("select", *options, name="system", aria_label="System")


def table(head: tuple[str, ...], rows: Iterable[Html]) -> Html:
    """A table with its titles; on a narrow screen it becomes a list."""
    titles = tag("tr", *(tag("th", title, scope="col") for title in head))
    return tag("div", tag("table", tag("thead", titles), tag("tbody", *rows)), class_="scroll")


def turn(address: str, page: int, count: int, **words: str) -> Html | None:
    """The links to newer and older entries of a list, with the words that chose it; None for a short list."""
    last = -(-count // PER_PAGE)
    if last < 2:
        return None

    def link(label: str, to: int) -> Html | None:
        """A link to a page of the list; None where there is no such page."""
        query = urlencode({**{name: value for name, value in words.items() if value}, "page": to})
        return tag("a", label, href=f"{address}?{query}") if 1 <= to <= last else None

    middle = tag("span", f"Page {page} of {last}", class_="soft")
    return tag("nav", link("Newer", page - 1), middle, link("Older", page + 1), class_="pages", aria_label="Turn")


def facts(named: Mapping[str, object]) -> Html:
    """Values by their names, those that say nothing left out."""
    said = [(name, value) for name, value in named.items() if value not in (None, "")]
    return tag("dl", *(join(tag("dt", name), tag("dd", value)) for name, value in said))


def json_text(body: bytes) -> Html:
    """A body as people read it: indented if it is JSON, as it came if not."""
    try:
        text = msgspec.json.format(body, indent=2).decode()
    except (msgspec.DecodeError, RecursionError):
        text = body.decode(errors="replace")
    cut = (
        tag("p", f"Only the first {BODY_KEPT // 1024} KiB were kept.", class_="soft")
        if len(body) == BODY_KEPT
        else None
    )
    return join(tag("pre", text, tabindex="0"), cut) if text else tag("p", "No body.", class_="soft")


def order_link(line: Line) -> Html:
    """An order's number, or its key, as a link to its page."""
    return tag("a", line.number or line.key, href=f"/orders/{line.id}", class_="number")


def request_link(line: Asked) -> Html:
    """A request's address as a link to its page."""
    return tag("a", line.target, href=f"/requests/{line.id}", class_="number")


def badge(name: str) -> Html:
    """A system's title in its colour."""
    return tag("span", title_of(name), class_=f"system {name}")


def title_of(name: str) -> str:
    """A system's title; its name where the system is no longer there."""
    return known.load(name).title if name in known.names() else name


def moment(at: str) -> Html:
    """A time to the second."""
    return tag("time", at[:19].replace("T", " "), datetime=at)


def status(line: Asked) -> Html:
    """How a request was answered, good or bad."""
    if line.status is None:
        return tag("span", "no answer", class_="warn")
    good = line.status < 300 and not line.rule
    return tag("span", line.status, class_="good" if good else "bad")
