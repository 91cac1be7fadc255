"""The diff is the one that difflib makes, can be applied, and shows control characters as escapes."""

import difflib

from hypothesis import given
from hypothesis import strategies as st

from orderctl.fix import unified

LINES = st.lists(st.tuples(st.sampled_from(["a", "b", "{", "}"]), st.booleans()), max_size=30)


@given(LINES, st.booleans())
def test_a_diff_gives_back_the_new_text(lines: list[tuple[str, bool]], ended: bool) -> None:
    old = [text for text, _ in lines]
    new = [f"{text}!" if changed else text for text, changed in lines]
    end = "\n" if ended else ""
    before, after = ("\n".join(text) + (end if text else "") for text in (old, new))
    shown = "".join(unified("x.json", before.encode(), after.encode()))
    assert apply(before, shown) == after


@given(LINES.filter(lambda lines: all(one[1] != other[1] for one, other in zip(lines, lines[7:], strict=False))))
def test_a_diff_of_unlike_lines_is_difflibs(lines: list[tuple[str, bool]]) -> None:
    old = [f"{number}\n" for number, _ in enumerate(lines)]
    new = [f"{number}{'!' if changed else ''}\n" for number, (_, changed) in enumerate(lines)]
    shown = list(unified("/orders/x.json", "".join(old).encode(), "".join(new).encode()))
    assert shown == list(difflib.unified_diff(old, new, "a/orders/x.json", "b/orders/x.json"))


def test_a_file_name_with_a_blank_ends_with_a_tab_as_patch_wants() -> None:
    assert list(unified("my orders.json", b"a\n", b"b\n"))[:2] == [
        "--- a/my orders.json\t\n",
        "+++ b/my orders.json\t\n",
    ]


def test_control_characters_are_visible_but_tabs_and_line_ends_stay() -> None:
    shown = "".join(
        unified("\x1b[31m.json", "\ta\x1b[0m\u202e\x85é\r\n1\r\n".encode(), "\ta\x1b[0m\u202e\x85é\r\n2\r\n".encode())
    )
    assert shown == (
        "--- a/\\x1b[31m.json\n+++ b/\\x1b[31m.json\n@@ -1,2 +1,2 @@\n \ta\\x1b[0m\\u202e\\x85é\r\n-1\r\n+2\r\n"
    )


def apply(before: str, diff: str) -> str:
    """Apply a unified diff strictly, as `patch` does."""
    old = before.split("\n")
    new: list[str] = []
    at = 0
    for line in diff.split("\n")[2:-1] if diff else []:
        if line.startswith("@@"):
            start = int(line.split()[1].removeprefix("-").split(",")[0]) - 1
            new += old[at:start]
            at = start
        elif line.startswith(" "):
            assert old[at] == line[1:]
            new.append(old[at])
            at += 1
        elif line.startswith("-"):
            assert old[at] == line[1:]
            at += 1
        elif line.startswith("+"):
            new.append(line[1:])
        else:
            assert line == "\\ No newline at end of file"
    return "\n".join(new + old[at:])
