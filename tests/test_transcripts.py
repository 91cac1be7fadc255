"""Commands as users type them, with what they see: run through the real command line.

A transcript holds `$ command` lines, each followed by its output (stdout, then stderr behind `! `) and its exit
code as `[code]`. A `…` stands for any text on its line.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


def run(command: str, folder: Path) -> str:
    """What a command prints, in the form of a transcript."""
    words = shlex.split(command)
    given: bytes | None = None
    if "<" in words:
        at = words.index("<")
        given = (folder / words[at + 1]).read_bytes()
        words = words[:at] + words[at + 2 :]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "ORDERCTL_STATE_DIR": str(folder / "state")}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    assert words[0] == "orderctl", command
    done = subprocess.run(
        [sys.executable, "-m", "orderctl", *words[1:]],
        cwd=folder,
        env=environment,
        input=given if given is not None else b"",
        capture_output=True,
        timeout=60,
        check=False,
    )
    out = done.stdout.decode()
    errors = "".join(f"! {line}\n" for line in done.stderr.decode().splitlines())
    return out + errors + f"[{done.returncode}]\n"


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
