"""A run as one page for people who would rather look than read: counts, a chart, every order, losses, findings.

Knows rows; the page holds all that it needs, asks nobody for anything, and escapes every text.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files

from orderctl import __version__
from orderctl.codes import codes
from orderctl.findings import Finding
from orderctl.paths import spell
from orderctl.report.chart import COLOURS, chart
from orderctl.report.conversion import place_of
from orderctl.report.row import VERDICTS, Row, Run
from orderctl.sandbox.markup import Html, join, tag

MOST_ROWS = 20_000
"""How many orders the table holds; those that went well are left out first, and counted."""

_OPEN = 8
"""How many lines a table above the orders may have and still be open."""
_CALM = ("passed", "skipped")
_STYLE, _SCRIPT = (files(__package__).joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))


@dataclass(slots=True)
class Page:
    """An HTML report; each order becomes its line of the table at once."""

    _loud: list[bytes] = field(default_factory=list)
    _calm: list[bytes] = field(default_factory=list)
    _outcomes: Counter[str] = field(default_factory=Counter)
    _changes: Counter[tuple[bool, str, str, str]] = field(default_factory=Counter)
    _codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    _left_out: int = 0

    def add(self, row: Row) -> None:
        """Take one order."""
        self._outcomes[row.outcome] += 1
        self._codes.update((finding.severity, finding.code) for finding in row.findings)
        self._changes.update((change.lost, change.kind, place_of(change), change.reason) for change in row.changes)
        calm = VERDICTS[row.outcome] in _CALM and not row.findings and not row.message
        rows = self._calm if calm else self._loud
        if len(rows) < MOST_ROWS:
            rows.append(_line(row).encode())
        else:
            self._left_out += 1

    def chunks(self, run: Run) -> Iterator[bytes]:
        """The page, in pieces."""
        room = max(0, MOST_ROWS - len(self._loud))
        left_out = self._left_out + max(0, len(self._calm) - room)
        yield _head(run).encode()
        yield join(_counts(self._outcomes), chart(self._outcomes)).encode()
        yield _codes(self._codes).encode()
        yield _changes(self._changes).encode()
        yield _table_head(self._outcomes, left_out).encode()
        yield from self._loud
        yield from self._calm[:room]
        yield b"</tbody></table></div></main>"
        yield _foot().encode()


def _head(run: Run) -> Html:
    """Everything above the counts. The style and the script are named by their hashes, nothing else may run."""
    allowed = f"style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    title = f"orderctl {run.title}"
    facts = [str(fact) for key in ("system", "environment") if (fact := run.facts.get(key))]
    facts += ["dry run, nothing was sent"] if run.facts.get("dry_run") else []
    facts += [f"{run.summary[key]:,} requests" for key in ("requests",) if isinstance(run.summary.get(key), int)]
    facts += [f"{run.summary['seconds']} s"] if "seconds" in run.summary else []
    return join(
        Html('<!doctype html><html lang="en"><head><meta charset="utf-8">'),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        Html(f"<style>{_STYLE}</style></head><body><main>"),
        tag("h1", title),
        tag("p", " · ".join([*facts, f"exit code {run.exit_code}"]), class_="soft"),
        tag("p", f"Stopped: {run.stopped}", class_="stopped") if run.stopped else None,
        tag("p", f"Next: {'; '.join(run.advice)}.", class_="next") if run.advice else None,
    )


def _foot() -> Html:
    return join(
        tag("footer", f"Written by orderctl {__version__}. This page loads nothing and sends nothing."),
        Html(f"<script>{_SCRIPT}</script></body></html>\n"),
    )


def _counts(outcomes: Counter[str]) -> Html:
    cells = [_count("orders", outcomes.total(), "all")]
    cells += [_count(name.replace("_", " "), outcomes[name], name) for name in COLOURS if outcomes[name]]
    return tag("ul", *cells, class_="counts")


def _count(word: str, number: int, name: str) -> Html:
    return tag("li", tag("b", f"{number:,}"), tag("span", word), class_=name)


def _codes(counted: Counter[tuple[str, str]]) -> Html:
    """What was found, the most frequent first, and why it matters."""
    if not counted:
        return Html("")
    lines = [
        tag(
            "tr",
            tag("td", f"{number:,}", class_="number"),
            tag("td", tag("span", severity, class_=severity), " ", tag("code", code)),
            tag("td", codes()[code].fault, " ", tag("span", codes()[code].why, class_="soft")),
        )
        for (severity, code), number in counted.most_common()
    ]
    return _section("Findings", counted.total(), lines)


def _changes(changes: Counter[tuple[bool, str, str, str]]) -> Html:
    """What the conversion lost, and what it only noted, by kind and place."""
    sections = []
    for lost, title in ((True, "Losses"), (False, "Notes")):
        met = [(key[1:], number) for key, number in changes.most_common() if key[0] is lost]
        lines = [
            tag(
                "tr",
                tag("td", f"{number:,}", class_="number"),
                tag("td", kind),
                tag("td", tag("code", place), " ", tag("span", reason, class_="soft")),
            )
            for (kind, place, reason), number in met
        ]
        sections.append(_section(title, sum(number for _, number in met), lines) if met else None)
    return join(*sections)


def _section(title: str, number: int, lines: Sequence[Html]) -> Html:
    """A table with its title; a long one is folded away, so that the orders are in sight."""
    table = tag("div", tag("table", tag("tbody", *lines)), class_="scroll")
    head = tag("summary", f"{title} ", tag("span", f"{number:,}", class_="soft"))
    return tag("details", head, table, open=len(lines) <= _OPEN)


def _table_head(outcomes: Counter[str], left_out: int) -> Html:
    choices = [tag("option", "every outcome", value="")]
    choices += [
        tag("option", f"{name.replace('_', ' ')} ({outcomes[name]:,})", value=name)
        for name in COLOURS
        if outcomes[name]
    ]
    note = f"{left_out:,} more orders are not listed here; they are counted above." if left_out else None
    heads = [tag("th", word, scope="col") for word in ("Outcome", "Order", "Where", "What")]
    return join(
        tag("h2", "Orders"),
        tag(
            "form",
            tag("input", type="search", id="search", placeholder="Search orders", aria_label="Search orders"),
            tag("select", *choices, id="outcome", aria_label="Outcome"),
            tag("output", id="shown", class_="soft"),
            id="find",
        ),
        tag("p", note, class_="soft") if note else None,
        Html('<div class="scroll"><table id="orders"><thead>'),
        tag("tr", *heads),
        Html("</thead><tbody>"),
    )


def _line(row: Row) -> Html:
    place = f"{row.file}:{row.line}" if row.line else f"{row.file} [{row.index}]"
    answer = row.document.get("http_status")
    told = [tag("p", row.message)] if row.message else []
    told += [tag("p", f"HTTP {answer}", class_="soft")] if answer and VERDICTS[row.outcome] != "passed" else []
    told += [_finding(finding) for finding in row.findings]
    told += _lost(row)
    number = tag("span", row.number, class_="soft") if row.number and row.number != row.name else None
    return tag(
        "tr",
        tag("td", tag("span", row.outcome.replace("_", " "), class_=f"mark {row.outcome}")),
        tag("td", tag("bdi", row.name), " " if number else None, number),
        tag("td", place, class_="soft"),
        tag("td", *told),
        data_outcome=row.outcome,
    )


def _finding(finding: Finding) -> Html:
    where = spell(finding.path)
    place = f", line {finding.line}, column {finding.column}" if finding.line is not None else ""
    return tag(
        "p",
        tag("span", finding.severity, class_=finding.severity),
        " ",
        tag("code", where or finding.code),
        f": {finding.message} ",
        tag("span", f"{finding.code}{place}", class_="soft"),
    )


def _lost(row: Row) -> list[Html]:
    """The losses of one order, folded away."""
    lost = [change for change in row.changes if change.lost]
    if not lost:
        return []
    lines = [
        tag("li", f"{change.kind} ", tag("code", spell(change.source or change.target or ())), f": {change.reason}")
        for change in lost
    ]
    words = "1 loss" if len(lost) == 1 else f"{len(lost):,} losses"
    return [tag("details", tag("summary", words), tag("ul", *lines))]


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
