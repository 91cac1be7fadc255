"""How Webship is spoken to: one PUT per order, created or updated by its orderId.

Knows no network, clock or journal. There is no documented read-back of an order (PUT page), so nothing is looked up.
"""

from collections.abc import Mapping

from orderctl.systems.wire import Answer, Document, Identity, Repeat, Request, Verdict, Wire, Word


def identity(document: Document) -> Identity:
    """The key is the orderId, which stands in the URL (Put Order, orderId)."""
    key, number = document.get("orderId"), document.get("orderNumber")
    return Identity(key if isinstance(key, str) else "", number if isinstance(number, str) else None)


def headers(secrets: Mapping[str, str]) -> dict[str, str]:
    """The literal prefix RSIS, one blank, the key (Overview, Authentication)."""
    return {"Authorization": f"RSIS {secrets['api_key']}"}


def write(settings: Mapping[str, str], document: Document, remote: Document | None) -> Request:
    """A PUT of the whole order; it may be repeated, the same id is the same order (Put Order)."""
    customer = ("restapi", "v1", "customers", settings["customer_id"])
    path = (*customer, "integrations", settings["integration_id"], "orders", document["orderId"])
    return Request("PUT", path, body=document, repeat=Repeat.SETTLED)


def judge(document: Document, answer: Answer) -> Verdict:
    """Success is `ok` true (Put Order, Response); `ok` false is a refusal whatever the status says."""
    if answer.fields.get("ok") is True:
        return Verdict(Word.ACCEPTED)
    if answer.fields.get("ok") is False:
        return Verdict(Word.REJECTED, words(answer))
    return Verdict(Word.UNREADABLE, words(answer))


def words(answer: Answer) -> str | None:
    """`error` and `errorCategory` (Overview, Errors); both are for people."""
    error, category = answer.fields.get("error"), answer.fields.get("errorCategory")
    if not isinstance(error, str) or not error:
        return category if isinstance(category, str) and category else None
    return f"{error} ({category})" if isinstance(category, str) and category else error


WIRE = Wire(identity=identity, headers=headers, write=write, judge=judge, words=words, key_path=("orderId",))
