"""Keeps secrets out of every text that leaves the program.

Knows no system: it is given the secrets, and finds them in plain, base64 and percent-encoded form.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from itertools import permutations
from urllib.parse import quote, quote_plus

MASK = "***"
_LONGEST = 500


class Mask:
    """Replaces every known form of the given secrets by `***`."""

    def __init__(self, secrets: Iterable[str]) -> None:
        plain = {secret for secret in secrets if secret}
        pairs = {f"{one}:{other}" for one, other in permutations(plain, 2)}
        forms = {form for secret in plain | pairs for form in _forms(secret)}
        words = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, words))) if words else None

    def __call__(self, text: str) -> str:
        """The text without the secrets."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def words(self, text: str | None) -> str | None:
        """A system's own words: without the secrets, on one line, at most 500 characters."""
        if text is None:
            return None
        line = " ".join(self(text).split())
        return (line if len(line) <= _LONGEST else line[:_LONGEST] + " …") or None


def shown(headers: dict[str, str]) -> dict[str, str]:
    """Credential headers as a dry run shows them: the scheme stays, the rest is `***`."""
    return {name: _scheme(value) + MASK for name, value in headers.items()}


def _scheme(value: str) -> str:
    scheme, blank, _ = value.partition(" ")
    return scheme + blank if blank else ""


def _forms(secret: str) -> Iterable[str]:
    encoded = b64encode(secret.encode()).decode()
    return {secret, encoded, encoded.rstrip("="), quote(secret, safe=""), quote_plus(secret)}
