"""The README is true: its commands run, its outcomes, codes and variables are those of the program."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from conftest import ROOT
from typed import typed, world

from orderctl import systems
from orderctl.errors import Exit
from orderctl.findings import LOSSES
from orderctl.push import Outcome

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.S)
    for line in block.splitlines()
    if line.startswith("orderctl ")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    shutil.copy(ROOT / "config.example.yaml", tmp_path)
    done = typed(shlex.split(command)[1:], tmp_path, world(tmp_path))
    assert done.code == 0, done.err


def test_the_readme_has_commands() -> None:
    assert len(COMMANDS) >= 10


def test_the_readme_names_every_outcome_and_every_exit_code() -> None:
    for outcome in Outcome:
        assert f"| `{outcome.value}` |" in README
    for code in Exit:
        assert re.search(rf"^\| (\d+, )?{code.value}(, \d+)? \|", README, re.M), code


def test_the_readme_names_every_variable_and_kind_of_loss() -> None:
    for name in systems.names():
        system = systems.load(name)
        for setting in (*system.settings, *system.credentials):
            assert f"`{setting.env}`" in README
    for kind in LOSSES:
        assert f"`{kind}`" in README
