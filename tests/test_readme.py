"""The README is true: its commands run, its outcomes, codes and variables are those of the program."""

import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from typed import typed, world

from orderctl import systems
from orderctl.errors import Exit
from orderctl.findings import LOSSES
from orderctl.push import Outcome

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|yaml|text)\n(.*?)```", README, re.S)
SERVERS = ("sandbox", "serve")


def commands(kind: str) -> list[str]:
    """What follows `orderctl` in the blocks of a kind; in a crontab and in CI it stands behind other words."""
    lines = "".join(text for name, text in BLOCKS if name == kind).splitlines()
    return [match[1] for line in lines if (match := re.search(r"(?:^|run: |- |bin/|=... )orderctl ([a-z].+)", line))]


SHELL = commands("sh")
RECIPES = [line for kind in ("yaml", "text") for line in commands(kind)]
FINITE = [line for line in SHELL if line.split()[0] not in SERVERS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout's samples, and folders of orders as the recipes name them."""
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    for name in ("orders", "outbox"):
        shutil.copytree(ROOT / "samples" / "webship", tmp_path / name, ignore=shutil.ignore_patterns("orders.yaml"))
    shutil.copy(ROOT / "config.example.yaml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("line", FINITE)
def test_a_command_of_the_readme_runs(line: str, folder: Path) -> None:
    done = typed(shlex.split(line), folder, world(folder))
    assert done.code == 0, done.err


@pytest.mark.parametrize("line", RECIPES)
def test_a_command_of_a_recipe_runs(line: str, folder: Path) -> None:
    words = shlex.split(line)
    words += ["--sandbox"] if words[0] == "push" and "--sandbox" not in words else []
    done = typed(words, folder, world(folder))
    assert done.code == 0, done.err
    if "-q" in words:
        assert (done.out, done.err) == ("", "")


def test_a_recipe_for_ci_is_yaml_and_keeps_the_reports_that_it_makes(folder: Path) -> None:
    github, gitlab = (text for kind, text in BLOCKS if kind == "yaml")
    steps = yaml.safe_load(github)["jobs"]["orders"]["steps"]
    assert any(step.get("with", {}).get("sarif_file") == "orders.sarif" for step in steps)
    job = yaml.safe_load(gitlab)["orders"]
    kept = [*job["artifacts"]["paths"], *job["artifacts"]["reports"]["junit"]]
    for line in job["script"][1:]:
        typed(shlex.split(line)[1:], folder, world(folder))
    assert [name for name in kept if not (folder / name).exists()] == []


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_of_the_readme_runs_until_ctrl_c(name: str, folder: Path) -> None:
    (line,) = (line for line in SHELL if line.split()[0] == name)
    words = [*shlex.split(line), "--port", "0"]
    environment = world(folder, PYTHONPATH=str(ROOT), WEBHOOK_SECRET="a-secret")
    with subprocess.Popen(
        [sys.executable, "-m", "orderctl", *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert any(said.startswith(("Listening", "Ctrl-C")) for said in process.stdout)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
        finally:
            process.kill()


def test_the_readme_has_commands() -> None:
    assert len(SHELL) >= 15
    assert len(RECIPES) == 5


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
