"""A stream hands on what its function gives, in the pieces in which it is asked for, and closes its source."""

import io

import pytest

from orderctl.files.stream import CHUNK, stream


def test_short_pieces_are_joined_into_what_was_asked_for() -> None:
    source = io.BytesIO(b"abcdefgh")
    dripping = stream(lambda size: source.read(min(size, 3)))
    assert [dripping.read(4), dripping.read(4), dripping.read(4)] == [b"abcd", b"efgh", b""]


def test_more_than_one_chunk_arrives_whole() -> None:
    text = bytes(range(256)) * (CHUNK // 100)
    assert stream(io.BytesIO(text).read).read() == text


@pytest.mark.parametrize("nothing", [b"", None])
def test_a_function_that_hands_out_nothing_is_at_its_end(nothing: bytes | None) -> None:
    assert stream(lambda size: nothing).read() == b""


def test_a_function_is_never_asked_for_more_than_there_is_room_for() -> None:
    asked: list[int] = []
    source = io.BytesIO(b"x" * 10 * CHUNK)

    def take(size: int) -> bytes:
        asked.append(size)
        return source.read(size)

    reader = stream(take)
    assert reader.read(10) + reader.read(3 * CHUNK) == b"x" * (10 + 3 * CHUNK)
    assert 0 < max(asked) <= 3 * CHUNK


def test_what_comes_behind_an_end_is_read_later() -> None:
    growing = io.BytesIO()
    reader = stream(growing.read)
    assert reader.read() == b""
    growing.write(b"two")
    growing.seek(0)
    assert reader.read() == b"two"


def test_closing_a_stream_closes_its_source() -> None:
    source = io.BytesIO(b"abc")
    reader = stream(source.read, source.close)
    assert reader.read(1) == b"a"
    reader.close()
    reader.close()
    assert source.closed


def test_a_failing_source_fails_the_read() -> None:
    def take(size: int) -> bytes:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        stream(take).read()
