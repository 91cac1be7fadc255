"""What was made quick says what its plain form says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws.documents import documents, spoiled

from orderctl.detect import detect
from orderctl.intake import take_in
from orderctl.mapping.check import Judge, _judge_fields
from orderctl.mapping.sound import soundness
from orderctl.systems import shape, shape_names

DOCUMENTS = st.sampled_from(shape_names()).flatmap(
    lambda name: st.tuples(st.just(name), documents(name) | spoiled(name))
)


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_a_document_is_sound_exactly_when_none_of_its_fields_has_a_finding(drawn: tuple[str, Any]) -> None:
    name, document = drawn
    known = shape(name)
    judge = Judge(known, document)
    _judge_fields(judge, known, document)
    assert soundness(known.table.model).isinstance_python(document) == (not judge.findings)


@pytest.mark.parametrize("key", sorted({key for name in shape_names() for key in shape(name).table.known}))
def test_a_record_is_taken_in_under_the_shape_that_detection_names(key: str, tmp_path: Any) -> None:
    path = tmp_path / "order.json"
    path.write_text(f'{{"{key}": "x"}}', encoding="utf-8")
    (incoming,) = take_in([str(path)], shape=None, input_format=None)
    if incoming.record.document == {key: "x"}:
        assert (incoming.shape.name if incoming.shape else None) == detect({key: "x"}).shape
