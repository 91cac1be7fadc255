"""What Webship's answers mean, end to end (SPEC §7)."""

from pathlib import Path

import httpx
import pytest

from .support import Vendor, pushed, several, target, webship


def ok(request: httpx.Request) -> httpx.Response:
    return httpx.Response(201, json={"ok": True})


def test_an_order_is_put_at_its_own_url(tmp_path: Path) -> None:
    vendor = Vendor(ok)
    run = pushed([webship("12/3 ä")], target(tmp_path), vendor)
    assert run.outcomes == {"12/3 ä": "accepted"}
    assert run.exit_code == 0
    assert vendor.lines == [
        "PUT /restapi/v1/customers/TEST00002/integrations/3214/orders/12%2F3%20%C3%A4",
    ]
    sent = vendor.asked[0]
    assert sent.headers["authorization"] == "RSIS canary-api_key-Zq7/+x"
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["accept-encoding"] == "identity"
    assert sent.headers["user-agent"].startswith("orderctl/")


def test_a_second_push_of_the_same_sends_nothing(tmp_path: Path) -> None:
    vendor = Vendor(ok)
    pushed(several(3), target(tmp_path), vendor)
    again = pushed(several(3), target(tmp_path), vendor)
    assert set(again.outcomes.values()) == {"unchanged"}
    assert again.summary.requests == 0
    assert len(vendor.asked) == 3


@pytest.mark.parametrize(
    ("status", "body", "outcome", "exit_code"),
    [
        (200, {"ok": True}, "accepted", 0),
        (200, {"ok": False, "error": "No"}, "rejected", 3),
        (200, [], "unknown", 7),
        (201, "", "unknown", 7),
        (200, "<html>log in</html>", "unknown", 7),
        (400, {"error": "bad"}, "rejected", 3),
        (404, "", "rejected", 3),
        (409, "", "rejected", 3),
        (422, {"error": "State is wrong", "errorCategory": "VALIDATION"}, "rejected", 3),
        (301, "", "rejected", 3),
        (500, "", "failed", 5),
        (503, {"error": "later"}, "failed", 5),
        (408, "", "failed", 5),
        (425, "", "failed", 5),
    ],
)
def test_what_an_answer_means(tmp_path: Path, status: int, body: object, outcome: str, exit_code: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text=body) if isinstance(body, str) else httpx.Response(status, json=body)

    run = pushed([webship()], target(tmp_path), Vendor(answer))
    assert run.outcomes == {"A-1": outcome}
    assert run.exit_code == exit_code


def test_a_refusal_carries_the_words_of_the_system_without_secrets(tmp_path: Path) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        words = f"key canary-api_key-Zq7/+x has no {request.headers['authorization']}"
        return httpx.Response(400, json={"error": words, "errorCategory": "VALIDATION"})

    run = pushed([webship()], target(tmp_path), Vendor(refuse))
    assert run.results[0].message == "HTTP 400 Bad Request: key *** has no RSIS *** (VALIDATION)"


def test_refused_credentials_stop_the_run(tmp_path: Path) -> None:
    run = pushed(several(30), target(tmp_path), Vendor(lambda _: httpx.Response(401)), concurrency=1)
    assert list(run.outcomes.values()) == ["failed"] + ["not_sent"] * 29
    assert run.exit_code == 4
    assert run.summary.requests == 1


def test_a_refusal_after_a_try_without_an_answer_proves_nothing(tmp_path: Path) -> None:
    """The first PUT may have arrived, and Webship cannot be asked."""
    answers = [httpx.ReadTimeout("no answer"), httpx.Response(422, json={"error": "shipped"})]

    def answer(request: httpx.Request) -> httpx.Response:
        one = answers.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    run = pushed([webship()], target(tmp_path), Vendor(answer))
    assert run.outcomes == {"A-1": "unknown"}
    assert "shipped" in (run.results[0].message or "")


def test_a_refusal_after_a_5xx_is_a_refusal(tmp_path: Path) -> None:
    answers = [httpx.Response(503), httpx.Response(422, json={"error": "no"})]
    run = pushed([webship()], target(tmp_path), Vendor(lambda _: answers.pop(0)))
    assert run.outcomes == {"A-1": "rejected"}
