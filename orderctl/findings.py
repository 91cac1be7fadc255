"""What can be said of one order: findings, changes, and the codes with their explanations.

Knows nothing of shapes or files; the words of a rule stand here once, for every shape.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

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


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of fault: the rule it breaks, and what `orderctl explain` says of it."""

    rule: Rule
    fault: str
    why: str
    example: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
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
        return CODES[self.code].rule


@dataclass(frozen=True, slots=True)
class Change:
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


CODES: dict[str, Code] = {
    "missing": Code(
        "required",
        "A field that the page requires is not there.",
        "The system refuses an order without it, or fills in something of its own.",
        '{"orderId": "1"} without "orderDate"',
        "Add the field inside of the object that the place points at; where the page allows null, null is enough.",
    ),
    "blank": Code(
        "required",
        "A required text is empty or holds only blanks.",
        "An empty name or street is no address; the label fails later, at a higher price.",
        '"name": "  "',
        "Give the text.",
    ),
    "wrong-type": Code(
        "type",
        "The value has another JSON type than the page gives the field.",
        "Systems refuse it, or read something else: the text 2 is not the number 2.",
        '"quantity": "2" where a number is due',
        'Write the value in the type that the message names: 2 for a number, "2" for a text, true or false bare.',
    ),
    "null": Code(
        "type",
        "The value is null, and the page does not allow null here.",
        'Only fields that the page types "or null" may be null; elsewhere null is refused or read as a text.',
        '"title": null',
        'Leave the key out, or write "" where blank text is allowed.',
    ),
    "number-as-text": Code(
        "type",
        "A number is written as text.",
        "Some systems take it, some answer 400; fractions in text have been refused.",
        '"amountPaid": "12.50"',
        "Write it without quotes.",
    ),
    "text-as-number": Code(
        "type",
        "A text is written as a number.",
        "Leading zeros are lost: the zip 02110 becomes 2110.",
        '"zip": 91711',
        "Put it in quotes.",
    ),
    "decimal-format": Code(
        "format",
        "A decimal text breaks the pattern of digits, a point, digits.",
        "No sign, exponent, comma, currency sign, or point at either end is allowed.",
        '"price": ".77"',
        'Write "0.77".',
    ),
    "date-format": Code(
        "format",
        "A date or time is not in the form that the field has.",
        "Another form is refused or read as another day.",
        '"orderDate": "04/24/2016"',
        "Write the form that the message names; Webship takes days (2016-04-24), the others times.",
    ),
    "state-code": Code(
        "format",
        "A state or province of the US or Canada is not its two-character code.",
        "The page asks for the code in these two countries.",
        '"state": "California"',
        "Write CA.",
    ),
    "phone-digits": Code(
        "format",
        "A phone number is not ten digits once punctuation is gone.",
        "The page asks for a 10-digit phone number; carriers may refuse others.",
        '"phone": "+44 20 7946 0000"',
        "Check the number; a foreign number may be right all the same.",
    ),
    "too-long": Code(
        "length",
        "A text is longer than the field holds.",
        "The system refuses it or cuts it without a word.",
        "an orderNumber of 51 characters where 50 fit",
        "Shorten it; orderctl never cuts.",
    ),
    "too-short": Code(
        "length",
        "A text is shorter than the page allows.",
        "The page gives a least length.",
        '"country": "A"',
        "Give the whole text.",
    ),
    "out-of-range": Code(
        "range",
        "A number is outside of what the field can hold or mean.",
        "An id below 1, an amount below zero or a number beyond the field's type has no meaning there.",
        '"order_id": 0',
        "Correct the number, or leave the field out where the page does not require it.",
    ),
    "fraction": Code(
        "range",
        "A quantity has a fraction where whole pieces are due.",
        "The field is an integer.",
        '"quantity": 1.5',
        "Order whole pieces, or change the unit that is sold.",
    ),
    "suspect-amount": Code(
        "range",
        "A number is allowed but most likely a slip.",
        "Sibling import channels hold two places of money; more are cut or refused there.",
        '"amountPaid": 218.735',
        "Round the amount to cents.",
    ),
    "absurd-weight": Code(
        "range",
        "A weight is below zero, or far beyond what a parcel can weigh.",
        "Parcel carriers take 70 kg (150 lb) of one package at most; twice that, or a tonne in one order, is nearly "
        "always grams or ounces written where kilograms or pounds are due. It is our reading: no page states it.",
        '"weight": "500" with "weightUnit": "kg", for socks of 500 g',
        "Check the number and its unit; freight may be right as it is.",
    ),
    "unknown-choice": Code(
        "choice",
        "The value is not in the page's closed list.",
        "The system knows only the words of its list, spelled exactly so; it refuses others.",
        '"fulfillmentStatus": "shipped"',
        "Take a word of the list that the message gives.",
    ),
    "unlisted-choice": Code(
        "choice",
        "The value is not in the page's list, which is open in practice.",
        "New words appear without notice, so another may be right; a slip of the pen looks the same.",
        '"carrier": "Auspost"',
        "Check the spelling, capitals too; if the system does know the word, leave it as it is.",
    ),
    "unknown-country": Code(
        "choice",
        "A country is neither an ISO code nor a name that we know.",
        "A guess would send the parcel elsewhere.",
        '"country": "UK"',
        "Write the two-letter ISO 3166-1 code, such as GB.",
    ),
    "country-case": Code(
        "choice",
        "A country code is written in lower case.",
        "The page asks for the ISO code, which is in capitals.",
        '"country": "us"',
        "Write US.",
    ),
    "no-word": Code(
        "choice",
        "The target has no word for this value.",
        "A held or cancelled order must never become shippable, a unit or region never a guess.",
        "an order on hold towards Webship",
        "Leave the order out, or give a word under maps: in the configuration.",
    ),
    "insured-zero": Code(
        "conflict",
        "The insured amount is zero.",
        "The page wants null for no insurance.",
        '"insuranceAmount": "0"',
        "Write null.",
    ),
    "declared-domestic": Code(
        "conflict",
        "A declared value stands on a domestic shipment.",
        "The page wants null when sender and receiver are in one country.",
        '"declaredValue": "20" from US to US',
        "Write null.",
    ),
    "half-a-pair": Code(
        "conflict",
        "One of two fields that only work together is missing.",
        "The system refuses one without the other.",
        '"carrierCode" without "serviceCode"',
        "Give both or neither.",
    ),
    "at-odds": Code(
        "conflict",
        "Two statements of the order do not agree.",
        "One of them is wrong, and we cannot know which.",
        '"adjustment": true with a positive price',
        "Correct the one that is wrong; the message names both.",
    ),
    "sums-differ": Code(
        "conflict",
        "A total that the order states does not fit what its lines come to.",
        "Items cannot weigh over twice what they are packed in, nor cost half of what was paid or declared for them; "
        "a unit, a quantity or a decimal point is wrong. It is our reading: no page states it, what lacks a part is "
        "not summed, and rounding is allowed for.",
        'a package of "0.7" kg with two items of "350" kg',
        "Compare the units, quantities and prices of the lines with the total that the message names.",
    ),
    "not-for-shipping": Code(
        "conflict",
        "The order must not be shipped from here.",
        "It is archived, a return or a transfer: sent on, it would ship goods that nobody ordered.",
        '"archived": true',
        "Leave it out.",
    ),
    "read-only": Code(
        "conflict",
        "The system sets this field itself.",
        "It is ignored, or makes an update of what was meant to be new.",
        '"orderId": 1 at ShipStation',
        "Leave it out for a new order.",
    ),
    "unsettled": Code(
        "conflict",
        "The account decides whether this value is used.",
        "The page says that a setting of the account may replace what is sent.",
        '"customsItems" at ShipStation',
        "Look into the account's settings once; nothing is wrong with the order.",
    ),
    "unknown-field": Code(
        "unknown-field",
        "The page knows no such field.",
        "A slip in a name loses its value without a word.",
        '"weighUnit": "lb"',
        "Write the name that the message proposes, or leave it out.",
    ),
    "duplicate-key": Code(
        "duplicate",
        "A key stands twice in one object.",
        "Readers keep one of the two values and do not say which.",
        '{"orderId": "1", "orderId": "2"}',
        "Remove one.",
    ),
    "duplicate-order": Code(
        "duplicate",
        "Two orders have the same identity in the target.",
        "The second would overwrite the first.",
        "two orders with one orderId",
        "Remove one, or give it an id of its own.",
    ),
    "broken": Code(
        "unreadable",
        "The text is not valid JSON or YAML.",
        "What cannot be parsed cannot be trusted in part.",
        '{"orderId": "1",}',
        "Correct the text at the place named: a comma too many, a quote or bracket not closed, a wrong indent.",
    ),
    "encoding": Code(
        "unreadable",
        "The bytes are not UTF-8.",
        "Any other reading would turn names into other names.",
        "a file saved as UTF-16 or Latin-1",
        "Save the file as UTF-8.",
    ),
    "bad-text": Code(
        "unreadable",
        "A text holds NUL or half of a surrogate pair.",
        "Neither is text, and neither can be sent.",
        '"name": "\\u0000"',
        "Remove it.",
    ),
    "limit": Code(
        "unreadable",
        "The record is beyond a limit of orderctl.",
        "Limits keep a hostile or broken file from stopping the run: 8 MiB a record, 64 levels of nesting, numbers of "
        "1,000 digits and exponents of ±1,000, 100,000 expanded YAML nodes a document.",
        "nesting deeper than 64",
        "No real order comes near them: look for a bracket that is not closed, or an alias that multiplies itself.",
    ),
    "not-an-order": Code(
        "unreadable",
        "The record is not an order of any known shape.",
        "An order is an object with fields that at least one shape knows.",
        "[1, 2, 3]",
        "Check that the file holds orders; orderctl detect says what it makes of each, orderctl fields what it knows.",
    ),
    "unclear-shape": Code(
        "unreadable",
        "The record fits more than one shape.",
        "The same field means different things in different shapes, so we do not guess.",
        '{"orderId": "1"}',
        "Name the shape with --from.",
    ),
    "unsupported": Code(
        "unreadable",
        "The YAML uses something that orders do not need.",
        "Tags that build objects and anchors inside of themselves are how YAML hurts; orders are plain values.",
        "!!python/object",
        "Remove the tag or the anchor, and write the value itself.",
    ),
    "unsafe-id": Code(
        "unsafe",
        "An identity cannot be sent safely.",
        "An empty id, a dot, control characters or over 100 characters could address another order.",
        '"orderId": ".."',
        "Give the order another id.",
    ),
    "loss": Code(
        "loss",
        "The conversion loses this value, and --strict was asked for.",
        "The target has no home for it.",
        "customerNotes towards Webship REST",
        "Accept the loss without --strict, or remove the value.",
    ),
}
