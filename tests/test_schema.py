"""The exported JSON Schemas: valid 2020-12, and of one mind with the checker."""

import json
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from laws.documents import documents, spoiled

from orderctl.files import json_bytes
from orderctl.findings import Finding
from orderctl.mapping.schema import json_schema
from orderctl.systems import shape, shape_names

STRUCTURAL = {"missing", "wrong-type", "null", "decimal-format", "too-long", "too-short", "unknown-choice"}
"""The codes that a schema can give as well as the checker."""


def validator(name: str) -> Any:
    return jsonschema_rs.validator_for(json_schema(shape(name)))


def plain(document: Any) -> Any:
    return json.loads(json_bytes(document))


@pytest.mark.parametrize("name", shape_names())
def test_a_schema_is_valid_2020_12(name: str) -> None:
    schema = json_schema(shape(name))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize("name", shape_names())
def test_what_the_checker_passes_the_schema_accepts(name: str) -> None:
    accepts = validator(name)

    @profile(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(documents(name))
    def law(document: dict[str, Any]) -> None:
        if not any(finding.severity == "error" for finding in shape(name).check(document)):
            assert accepts.is_valid(plain(document)), [error.message for error in accepts.iter_errors(plain(document))]

    law()


@pytest.mark.parametrize("name", shape_names())
def test_what_the_schema_accepts_breaks_no_rule_of_form(name: str) -> None:
    accepts = validator(name)

    @profile(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.one_of(documents(name), spoiled(name)))
    def law(document: Mapping[str, Any]) -> None:
        errors = [finding for finding in shape(name).check(document) if is_structural(finding, name)]
        if errors:
            assert not accepts.is_valid(plain(document)), errors

    law()


@pytest.mark.parametrize(
    ("name", "field", "value", "accepted"),
    [
        ("starshipit", "order_date", "2024-03-05T14:00:00Z", True),
        ("starshipit", "order_date", "2024-03-05T14:00:00+02", True),
        ("starshipit", "order_date", "2024-03-05", False),
        ("shipstation", "orderDate", "2024-03-05", True),
        ("shipstation", "orderDate", "2024-03-05T25:00:00", False),
        ("shipstation", "tagIds", [1, "2"], True),
        ("shipstation", "tagIds", "2", False),
        ("orderctl", "placed_at", "2024-03-05", True),
        ("orderctl", "placed_at", "2024-03-05T14:00:00-08:00", True),
        ("orderctl", "placed_at", "2024-03-05T14:00:00", False),
        ("orderctl", "placed_at", "soon", False),
    ],
)
def test_a_field_is_judged_alike_by_schema_and_checker(name: str, field: str, value: object, accepted: bool) -> None:
    judged = [one for one in shape(name).check({field: value}) if one.path[0] == field and one.severity == "error"]
    schema = json_schema(shape(name))["properties"][field]
    assert (judged == [], jsonschema_rs.validator_for(schema).is_valid(value)) == (accepted, accepted)


def is_structural(finding: Finding, name: str) -> bool:
    """Whether a schema can see it: no rule between fields, and no 2.0 where 2 is due."""
    whole = type(finding.value).__name__ == "Decimal" and finding.value == int(finding.value)  # type: ignore[call-overload]
    return finding.severity == "error" and finding.code in STRUCTURAL and not whole
