"""Text that is safe to print: control characters, escapes and bidirectional overrides become visible.

Knows nothing of orders.
"""


def visible(text: str, *, lines: bool = False) -> str:
    """The text with every character that is not printable written as an escape; `lines` keeps line ends."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or (lines and character == "\n") else _escape(character)
        for character in text
    )


def encodable(text: str) -> str:
    """The text with halves of surrogate pairs, as odd file names have them, written as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
