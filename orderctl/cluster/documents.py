"""An order as it waits: its document and what the journal will ask of it, as bytes; and its result, on the way back.

Knows no database.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from orderctl.push.words import Candidate, Meant, Outcome, Result

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def packed(candidate: Candidate, key: str) -> bytes:
    """What a worker needs of a candidate, and no more."""
    kept = (candidate.document, key, candidate.number, *candidate.meant, candidate.shape)
    return _encode(kept)


def unpacked(row: int, content: bytes) -> Candidate:
    """The candidate of a row; its index is the row's id."""
    document, key, number, status, source_id, shape = _decode(content)
    return Candidate("", row, None, document, key, number, Meant(status, source_id), shape=shape)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of an order, for whoever waits for it."""

    outcome: Outcome
    remote_id: str | None = None
    http_status: int | None = None
    attempts: int = 0
    message: str | None = None

    @classmethod
    def of(cls, result: Result) -> "Told":
        """What a result says."""
        return cls(result.outcome, result.remote_id, result.http_status, result.attempts, result.message)

    def packed(self) -> bytes:
        """As bytes."""
        return _encode((self.outcome.value, self.remote_id, self.http_status, self.attempts, self.message))

    @classmethod
    def unpacked(cls, content: bytes) -> "Told":
        """From bytes."""
        outcome, *rest = _decode(content)
        return cls(Outcome(outcome), *rest)

    def result(self, candidate: Candidate, key: str) -> Result:
        """As the result of a candidate."""
        words: dict[str, Any] = {"remote_id": self.remote_id, "http_status": self.http_status, "message": self.message}
        return Result(candidate, self.outcome, key, candidate.number, attempts=self.attempts, **words)
