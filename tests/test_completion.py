"""The shell is offered commands, targets, shapes and codes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT


def offered(words: str, folder: Path) -> list[str]:
    """What bash is offered behind these words, through the real command."""
    typed = words.split(" ")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_ORDERCTL_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(typed) - 1),
    }
    program = "import sys; sys.argv = ['orderctl']; from orderctl.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("orderctl va", "validate"),
        ("orderctl push x.json --to we", "webship"),
        ("orderctl push x.json --to nig", "nightly"),
        ("orderctl convert x.json --to starsh", "starshipit"),
        ("orderctl validate --for webship,shipst", "webship,shipstation"),
        ("orderctl explain state", "state-code"),
        ("orderctl schema order", "orderctl"),
    ],
)
def test_the_shell_is_offered_what_fits(words: str, wanted: str, tmp_path: Path) -> None:
    (tmp_path / "orderctl.yaml").write_text(
        "targets:\n  nightly: {system: webship, customer_id: a, integration_id: b}\n"
    )
    assert wanted in offered(words, tmp_path)


def test_a_broken_configuration_offers_the_systems(tmp_path: Path) -> None:
    (tmp_path / "orderctl.yaml").write_text("targets: [")
    assert offered("orderctl push x.json --to ", tmp_path) == ["shipstation", "starshipit", "webship"]
