"""Every code of a finding is explained once, in whole sentences."""

import tomllib

import pytest
from conftest import ROOT

from orderctl.codes import Code, codes
from orderctl.findings import RULES


def test_what_is_explained_are_the_codes_that_there_are() -> None:
    assert list(tomllib.loads((ROOT / "orderctl" / "codes.toml").read_text(encoding="utf-8"))) == list(RULES)


@pytest.mark.parametrize(("name", "code"), codes().items(), ids=RULES)
def test_a_code_says_what_is_wrong_why_and_what_to_do(name: str, code: Code) -> None:
    assert code.rule == RULES[name]
    for sentence in (code.fault, code.why, code.fix):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "  " not in sentence
    assert code.example.strip()
