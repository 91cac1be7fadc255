"""The share of each outcome as a small inline picture: one bar, cut by outcome.

Knows counts; draws SVG without any style of its own, so that the page's policy may forbid inline styles.
"""

from collections import Counter
from collections.abc import Mapping

from orderctl.sandbox.markup import Html, tag

COLOURS: Mapping[str, str] = {
    "accepted": "good",
    "valid": "good",
    "converted": "good",
    "unchanged": "calm",
    "rejected": "bad",
    "conflict": "bad",
    "invalid": "bad",
    "refused": "bad",
    "unknown": "warn",
    "failed": "warn",
    "not_sent": "dim",
}
"""The outcomes in the order in which they are told, and the colour of each."""

_WIDTH, _HEIGHT, _LEAST = 1000.0, 28, 4.0


def chart(outcomes: Counter[str]) -> Html:
    """A bar of all orders; an outcome that was met is never too thin to be seen."""
    met = [name for name in COLOURS if outcomes[name]]
    if not met:
        return Html("")
    widths = [max(_LEAST, _WIDTH * outcomes[name] / outcomes.total()) for name in met]
    scale = _WIDTH / sum(widths)
    pieces, x = [], 0.0
    for name, width in zip(met, widths, strict=True):
        said = f"{outcomes[name]:,} {name.replace('_', ' ')}"
        piece = {"x": f"{x:.1f}", "y": 0, "width": f"{max(width * scale - 1, 1):.1f}", "height": _HEIGHT}
        pieces.append(tag("rect", tag("title", said), class_=f"{COLOURS[name]} {name}", **piece))
        x += width * scale
    label = ", ".join(f"{outcomes[name]:,} {name.replace('_', ' ')}" for name in met)
    frame = {"viewBox": f"0 0 {_WIDTH:.0f} {_HEIGHT}", "preserveAspectRatio": "none", "role": "img"}
    return tag("svg", *pieces, **frame, aria_label=label, class_="chart")
