"""Commands as users type them, with what they see: run through the real command line.

A transcript holds `$ command` lines, each followed by its output (stdout, then stderr behind `! `) and its exit
code as `[code]`. A `…` stands for any text on its line.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from conftest import ROOT
from typed import typed, world

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


def run(command: str, folder: Path) -> str:
    """What a command prints, in the form of a transcript."""
    words = shlex.split(command)
    given = b""
    if "<" in words:
        at = words.index("<")
        given = (folder / words[at + 1]).read_bytes()
        words = words[:at] + words[at + 2 :]
    environment = world(folder, ORDERCTL_STATE_DIR=str(folder / "state"))
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    assert words[0] == "orderctl", command
    done = typed(words[1:], folder, environment, given)
    errors = "".join(f"! {line}\n" for line in done.err.splitlines())
    return done.out + errors + f"[{done.code}]\n"


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_transcript_is_what_users_see(path: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    for name, text in re.findall(r"^=== (\S+)\n(.*?)^===$\n", path.read_text(encoding="utf-8"), re.M | re.S):
        (tmp_path / name).write_bytes(text.encode())
    steps = re.findall(r"^\$ (.+)\n((?:(?!\$ |=== ).*\n)*?\[\d+\]\n)", path.read_text(encoding="utf-8"), re.M)
    assert steps, "a transcript without a command"
    for command, expected in steps:
        pattern = re.escape(expected).replace("…", ".*")
        seen = run(command, tmp_path)
        assert re.fullmatch(pattern, seen), f"$ {command}\n{seen}"
