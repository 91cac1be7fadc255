"""What can be said of one order: findings and changes, and the codes of findings with their rules.

Knows nothing of shapes or files; what a code means to people is for `codes`.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

from orderctl.paths import Path

Severity: TypeAlias = Literal["error", "warning", "info"]
Rule: TypeAlias = Literal[
    "required",
    "type",
    "format",
    "length",
    "range",
    "choice",
    "conflict",
    "unknown-field",
    "duplicate",
    "unreadable",
    "unsafe",
    "loss",
]
Kind: TypeAlias = Literal["dropped", "moved", "merged", "rounded", "approximated", "mapped", "filled", "assumed"]

LOSSES: frozenset[Kind] = frozenset({"dropped", "merged", "rounded", "approximated"})
"""The kinds of change that lose something; the others are notes."""
_CODES: dict[Rule, str] = {
    "required": "missing blank",
    "type": "wrong-type null number-as-text text-as-number",
    "format": "decimal-format date-format state-code phone-digits",
    "length": "too-long too-short",
    "range": "out-of-range fraction suspect-amount absurd-weight",
    "choice": "unknown-choice unlisted-choice unknown-country country-case no-word",
    "conflict": "insured-zero declared-domestic half-a-pair at-odds sums-differ not-for-shipping read-only unsettled",
    "unknown-field": "unknown-field",
    "duplicate": "duplicate-key duplicate-order",
    "unreadable": "broken encoding bad-text limit not-an-order unclear-shape unsupported",
    "unsafe": "unsafe-id",
    "loss": "loss",
}
RULES: dict[str, Rule] = {code: rule for rule, codes in _CODES.items() for code in codes.split()}
"""Every code of a finding, and the rule that it breaks; `codes` explains them."""


class Finding(Struct, frozen=True):
    """One thing wrong with one order. `path` is in the document's own names, without the envelope.

    `line` and `column` are 1-based, in characters. `judged_as` names the shape that a record was
    converted to before it was judged, `target_path` the place there.
    """

    code: str
    path: Path
    message: str
    severity: Severity = "error"
    value: object = None
    source: str | None = None
    target_path: Path | None = None
    judged_as: str | None = None
    shape: str | None = None
    order: str | None = None
    file: str | None = None
    index: int | None = None
    line: int | None = None
    column: int | None = None

    @property
    def rule(self) -> Rule:
        """The rule of the finding's code."""
        return RULES[self.code]


class Change(Struct, frozen=True):
    """One change of meaning on the way from one shape to another."""

    kind: Kind
    source: Path | None
    target: Path | None
    before: object
    after: object
    reason: str

    @property
    def lost(self) -> bool:
        """Whether the change loses something."""
        return self.kind in LOSSES
