"""One check of the doctor, as a value.

Knows no target.
"""

from dataclasses import dataclass

from orderctl.errors import Exit


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found; `exit` is what a check that is not ok makes of the exit code."""

    check: str
    message: str
    ok: bool = True
    warns: bool = False
    exit: Exit = Exit.OK

    @property
    def word(self) -> str:
        """The result in a word."""
        return "warning" if self.warns else "ok" if self.ok else "wrong"


def good(check: str, message: str) -> Check:
    """A check that found nothing wrong."""
    return Check(check, message)


def warning(check: str, message: str) -> Check:
    """A check that found what may go wrong later."""
    return Check(check, f"warning: {message}", warns=True)


def wrong(check: str, message: str, exit: Exit) -> Check:
    """A check that found what keeps a push from working."""
    return Check(check, message, ok=False, exit=exit)
