"""HTML that cannot be broken into: every text is escaped unless it was built here.

Knows nothing of orders.
"""

import html
import re

_VOID = frozenset({"meta", "link", "input", "br"})
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class Html(str):
    """Text that is markup already."""


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """One element; None among children or attributes is left out, True is an attribute without a value.

    `class_` is the attribute class, `data_live` is data-live.
    """
    spelled = "".join(_attribute(word, value) for word, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{spelled}>")
    return Html(f"<{name}{spelled}>{join(*children)}</{name}>")


def join(*children: object) -> Html:
    """These one after the other, texts escaped."""
    return Html("".join(child if isinstance(child, Html) else _text(child) for child in children))


def visible(text: str) -> str:
    """The text with control characters and direction overrides written out as escapes."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _text(child: object) -> str:
    return "" if child is None else html.escape(visible(str(child)))


def _attribute(word: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = word.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(visible(str(value)))}"'
