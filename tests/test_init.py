"""The configuration that `init` writes is whole, private, and holds no secret."""

import os
import re
from pathlib import Path

import pytest

from orderctl import systems
from orderctl.cli import run
from orderctl.config import load

CHOICES: list[list[str]] = [[], ["webship"], ["shipstation"], ["starshipit"], ["starshipit", "webship"]]


def variables(names: list[str]) -> dict[str, str]:
    """The variables that these systems read, set to something."""
    chosen = [systems.load(name) for name in names or systems.names()]
    return {setting.env: f"v-{setting.key}" for system in chosen for setting in (*system.settings, *system.credentials)}


def uncommented(text: str) -> str:
    """The configuration with every setting that was commented out in force."""
    return re.sub(r"^( *)# ( *[a-z_]+:(?: .*)?)$", r"\1\2", text, flags=re.M)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("names", CHOICES)
def test_what_is_written_loads_once_the_variables_are_set(names: list[str]) -> None:
    assert run(["init", *names]) == 0
    environ = variables(names)
    loaded = load("orderctl.yaml", environ)
    assert sorted(loaded.targets) == sorted(names or systems.names())
    for name in loaded.targets:
        system, target = systems.load(name), loaded.target(name, environ)
        assert (target.system, target.base_url) == (name, system.base_url)
        assert target.settings == {setting.key: f"v-{setting.key}" for setting in system.settings}
        revealed = {key: secret.reveal() for key, secret in target.secrets.items()}
        assert revealed == {setting.key: f"v-{setting.key}" for setting in system.credentials}


@pytest.mark.parametrize("names", CHOICES)
def test_every_setting_that_is_commented_out_may_be_taken_as_it_is(names: list[str]) -> None:
    assert run(["init", *names]) == 0
    text = Path("orderctl.yaml").read_text()
    Path("orderctl.yaml").write_text(uncommented(text))
    environ = variables(names)
    loaded = load("orderctl.yaml", environ)
    for name in loaded.targets:
        target, system = loaded.target(name, environ), systems.load(name)
        assert (target.rate, target.settle) == (system.rate, system.settle)
        assert target.environment == "live"
    assert loaded.defaults["timezone"] == "America/Denver"
    assert loaded.maps["services"]
    assert str(loaded.state_dir).endswith(".local/state/orderctl")


def test_only_the_owner_can_read_it() -> None:
    before = os.umask(0)
    try:
        assert run(["init"]) == 0
    finally:
        os.umask(before)
    assert os.stat("orderctl.yaml").st_mode & 0o777 == 0o600


def test_a_pipe_or_a_device_is_written_to_and_left_as_it_is() -> None:
    os.mkfifo("pipe")
    os.chmod("pipe", 0o644)
    with open(os.open("pipe", os.O_RDONLY | os.O_NONBLOCK), encoding="utf-8") as reader:
        assert run(["init", "--force", "-o", "pipe"]) == 0
        assert "targets:" in reader.read()
    assert os.stat("pipe").st_mode & 0o777 == 0o644


def test_of_two_at_once_one_finds_the_file_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    inner: list[int] = []

    def meanwhile(number: int) -> None:
        """Let another one begin and end before the first has its file in place."""
        if not inner:
            inner.append(0)
            inner.append(run(["init", "webship"]))

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert (run(["init", "shipstation"]), inner[-1]) == (2, 0)
    assert list(load("orderctl.yaml", {}).targets) == ["webship"]
    assert os.listdir() == ["orderctl.yaml"]


def test_a_file_that_is_there_is_kept_unless_forced(capsys: pytest.CaptureFixture[str]) -> None:
    Path("orderctl.yaml").write_text("mine")
    os.chmod("orderctl.yaml", 0o644)
    assert run(["init"]) == 2
    assert "--force" in capsys.readouterr().err
    assert Path("orderctl.yaml").read_text() == "mine"
    assert run(["init", "--force"]) == 0
    assert "targets:" in Path("orderctl.yaml").read_text()
    assert os.stat("orderctl.yaml").st_mode & 0o777 == 0o600


def test_a_link_that_leads_nowhere_is_there_too() -> None:
    os.symlink("nowhere", "orderctl.yaml")
    assert run(["init"]) == 2
    assert not Path("nowhere").exists()


def test_an_unknown_system_is_answered_with_the_nearest_or_with_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "webshop"]) == 2
    told = capsys.readouterr().err
    assert '"webshop" is no system; did you mean "webship"?' in told
    assert run(["init", "x"]) == 2
    told = capsys.readouterr().err
    assert all(name in told for name in systems.names())
    assert not Path("orderctl.yaml").exists()


def test_a_folder_that_is_missing_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "-o", "no/such/folder.yaml"]) == 2
    assert "no/such/folder.yaml" in capsys.readouterr().err


def test_it_goes_to_stdout_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "webship", "-o", "-"]) == 0
    assert "api_key: ${WEBSHIP_API_KEY}" in capsys.readouterr().out
    assert not Path("-").exists()


def test_it_says_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "webship", "-o", "my shop.yaml"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "export WEBSHIP_API_KEY=" in shown.err
    assert "orderctl doctor --config 'my shop.yaml'" in shown.err


def test_the_configuration_check_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["init"]) == 0
    assert run(["config", "check"]) == 2
    for name, value in variables([]).items():
        monkeypatch.setenv(name, value)
    assert run(["config", "check"]) == 0
