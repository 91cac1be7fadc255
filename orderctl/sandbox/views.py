"""The sandbox's pages as HTML, one function a page.

Knows the store's lines and no request; None stands for a page that there is not.
"""

from orderctl.paths import spell
from orderctl.sandbox.layout import (
    badge,
    facts,
    json_text,
    layout,
    live,
    moment,
    order_link,
    request_link,
    status,
    system_choice,
    table,
    title_of,
    turn,
)
from orderctl.sandbox.markup import Html, join, tag
from orderctl.sandbox.shown import Asked, Difference, Line, Shelf, differences
from orderctl.sandbox.store import encode


def orders(shelf: Shelf, system: str, words: str, page: int) -> Html:
    """The orders as they arrive, the newest first."""
    last = shelf.pulse()
    found, count = shelf.orders(system, words, page)
    search = tag(
        "input",
        type="search",
        name="q",
        value=words,
        aria_label="Search the orders",
        placeholder="Search (/)",
    )
    filters = tag("form", search, system_choice(system), tag("button", "Show"), method="get", action="/", role="search")
    if found:
        head = ("Changed (UTC)", "System", "Number", "Key", "For", "State", "Version")
        content = join(table(head, map(_order_row, found)), turn("/", page, count, system=system, q=words))
    elif words or system:
        content = tag("p", "No order fits.", class_="empty")
    else:
        content = tag("p", "No order has arrived yet. Push one here; it shows by itself.", class_="empty")
    title = f"{count:,} order{'' if count == 1 else 's'}"
    return layout("Orders", filters, live(last, tag("h1", title), content))


def order(shelf: Shelf, id: int, before: int, after: int) -> Html | None:
    """One order: its document, what two versions differ in, the requests that named it."""
    last = shelf.pulse()
    line = shelf.order(id)
    if line is None:
        return None
    versions = shelf.versions(id)
    after = after or line.version
    before = before or after - 1
    document = shelf.document(id, after)
    if document is None:
        return None
    parts = [
        tag("h1", badge(line.system), " ", line.number or line.key),
        facts(
            {
                "Key": line.key,
                "Number": line.number,
                "For": line.about,
                "State": "removed" if line.removed else line.state,
                "Sandbox id": line.id,
            }
        ),
    ]
    if line.version > 1:
        parts.append(_versions(shelf, line, versions, before, after))
    requests = table(_ASKED_HEAD, map(_request_row, shelf.requests_about(line)))
    parts += [tag("h2", f"Document, version {after}"), json_text(encode(document))]
    parts += [tag("h2", "Requests that named it"), requests]
    return layout(f"{line.number or line.key} · {title_of(line.system)}", live(last, *parts))


def requests(shelf: Shelf, system: str, refused: bool, page: int) -> Html:
    """The requests, the newest first: all, or those that a rule or a fault kept from their answer."""
    last = shelf.pulse()
    found, count = shelf.requests(system, refused, page)
    keep = tag("input", type="hidden", name="refused", value="1") if refused else None
    filters = tag("form", keep, system_choice(system), tag("button", "Show"), method="get", action="/requests")
    turning = turn("/requests", page, count, system=system, refused="1" if refused else "")
    content = join(table(_ASKED_HEAD, map(_request_row, found)), turning)
    if not found:
        content = tag("p", "None so far.", class_="empty")
    name = "refusal" if refused else "request"
    title = tag("h1", f"{count:,} {name}{'' if count == 1 else 's'}")
    return layout("Refusals" if refused else "Requests", filters, live(last, title, content))


def request(shelf: Shelf, id: int) -> Html | None:
    """One request with its answer."""
    found = shelf.request(id)
    if found is None:
        return None
    line = found.line
    named = [join(order_link(each), " ") for each in shelf.orders_of(line)]
    return layout(
        f"Request {id}",
        tag("h1", badge(line.system), " ", line.method, " ", status(line)),
        facts({"At (UTC)": moment(line.at), "Address": tag("code", line.target), "Orders": join(*named) or None}),
        tag("p", line.rule, class_="rule") if line.rule else None,
        tag("p", f"Fault: {line.fault}", class_="fault") if line.fault else None,
        tag("h2", "Request"),
        facts(found.headers),
        json_text(found.body),
        tag("h2", "Answer"),
        facts(found.answer_headers),
        json_text(found.answer) if line.status else tag("p", "None was given.", class_="soft"),
    )


def nothing() -> Html:
    """What stands where there is no page."""
    return layout("Nothing here", tag("h1", "There is nothing here"), tag("p", tag("a", "All orders", href="/")))


_ASKED_HEAD = ("At (UTC)", "System", "Request", "Answer")


def _order_row(line: Line) -> Html:
    return tag(
        "tr",
        tag("td", moment(line.changed)),
        tag("td", badge(line.system)),
        tag("td", order_link(line)),
        tag("td", line.key if line.key != line.number else None, class_="number soft", data_label="Key"),
        tag("td", tag("div", line.about, class_="about"), class_="wide"),
        tag("td", tag("s", line.state) if line.removed else line.state, class_="tight", data_label="State"),
        tag("td", line.version, class_="tight", data_label="Version"),
        data_row=f"{line.id}.{line.version}",
    )


def _request_row(line: Asked) -> Html:
    return tag(
        "tr",
        tag("td", moment(line.at)),
        tag("td", badge(line.system)),
        tag("td", line.method, " ", request_link(line), class_="wide"),
        tag(
            "td",
            status(line),
            tag("span", line.rule, class_="rule") if line.rule else None,
            tag("span", f"Fault: {line.fault}", class_="fault") if line.fault else None,
            class_="wide",
        ),
        data_row=line.id,
    )


def _versions(shelf: Shelf, line: Line, versions: list[tuple[int, str]], before: int, after: int) -> Html:
    """Two versions to choose, and what differs between them."""

    def choice(name: str, chosen: int, label: str) -> Html:
        """A list of the versions, one of them chosen."""
        options = [
            tag("option", f"{number}, {at[:19].replace('T', ' ')}", value=number, selected=number == chosen)
            for number, at in versions
        ]
        return tag("select", *options, name=name, aria_label=label)

    differing = differences(shelf.document(line.id, before), shelf.document(line.id, after))
    form = tag(
        "form",
        choice("from", before, "Older version"),
        choice("to", after, "Newer version"),
        tag("button", "Compare"),
        method="get",
        action=f"/orders/{line.id}",
    )
    rows = table(("Field", f"Version {before}", f"Version {after}"), map(_difference_row, differing))
    content = rows if differing else tag("p", "Nothing differs.", class_="empty")
    return join(tag("h2", "Difference"), form, content)


def _difference_row(each: Difference) -> Html:
    return tag(
        "tr",
        tag("td", tag("code", spell(each.path))),
        tag("td", tag("del", tag("code", each.before)) if each.before is not None else "absent"),
        tag("td", tag("ins", tag("code", each.after)) if each.after is not None else "absent"),
    )
