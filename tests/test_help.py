"""The help is enough: every command says in one whole sentence what it does, and its example runs."""

import errno
import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from typed import typed, world
from typer.core import TyperGroup
from typer.main import get_group

from orderctl.cli.app import COMMANDS, app

LISTED = re.compile(r"^  ([a-z]+) +(\S.*)$", re.M)


def shown(*words: str) -> str:
    done = typed([*words, "--help"], ROOT, world(ROOT, COLUMNS="80"))
    assert done.code == 0
    return done.out


def commands() -> list[tuple[str, ...]]:
    """Every command, in its words."""
    group = get_group(app())
    return [words for name, inner in group.commands.items() for words in _words((name,), inner)]


def _words(words: tuple[str, ...], command: object) -> list[tuple[str, ...]]:
    if not isinstance(command, TyperGroup):
        return [words]
    return [each for name, inner in command.commands.items() for each in _words((*words, name), inner)]


def example(words: tuple[str, ...]) -> list[str]:
    """The words of the example in the help of a command, after its variables."""
    (text,) = re.findall(r"Example: (.+?)\n\n", shown(*words), re.S)
    return shlex.split(" ".join(text.split()).partition("orderctl ")[2])


GROUPS = sorted({words[:-1] for words in commands()})
OUTSIDE = [("serve",), ("sandbox",), ("journal", "import"), ("worker",), ("queue", "status")]
"""Commands that run until Ctrl-C, or need a database server: tried elsewhere."""


@pytest.mark.parametrize("word", COMMANDS)
def test_a_command_that_is_asked_for_is_made_alone(word: str) -> None:
    assert list(get_group(app(word)).commands) == [word]


@pytest.mark.parametrize("group", GROUPS, ids=" ".join)
def test_each_command_is_listed_with_a_whole_sentence(group: tuple[str, ...]) -> None:
    rows = LISTED.findall(shown(*group).partition("Commands:")[2])
    assert rows
    for name, sentence in rows:
        assert re.fullmatch(r"[A-Z].*[^.]\.", sentence), f"{name}: {sentence}"


def test_every_number_is_called_n() -> None:
    for words in commands():
        assert not re.search(r"range>|<int>|<float>", shown(*words)), words


def test_no_flag_alone_names_its_variable() -> None:
    for words in commands():
        assert "env var" not in shown(*words), words


@pytest.mark.parametrize("words", [each for each in commands() if each not in OUTSIDE], ids=" ".join)
def test_the_example_of_a_command_runs(words: tuple[str, ...], tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    environment = world(tmp_path)
    if words[0] == "status":
        typed(example(("push",)), tmp_path, environment)
    if words[0] == "config":
        (tmp_path / "orderctl.yaml").write_text("defaults: {currency: USD}\n")
    done = typed(example(words), tmp_path, environment)
    assert done.code == 0, done.err


def test_the_first_hour_has_no_dead_end(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    environment = world(tmp_path)
    assert typed(["doctor"], tmp_path, environment).err.endswith("--sandbox needs none.\n")
    assert "orderctl doctor" in typed(["init"], tmp_path, environment).err
    missing = typed(["config", "check"], tmp_path, environment)
    assert missing.code == 2
    for name in ("WEBSHIP_API_KEY", "SHIPSTATION_API_SECRET", "STARSHIPIT_SUBSCRIPTION_KEY"):
        assert name in missing.err
    assert missing.err.count("--sandbox") == 1
    assert missing.err.endswith("push with --sandbox.\n")
    assert typed(["push", "samples/webship", "--to", "webship", "--sandbox"], tmp_path, environment).code == 0


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/x"])
def test_a_state_directory_that_cannot_be_made_is_named(place: str, tmp_path: Path) -> None:
    words = ["push", "samples/webship/orders.json", "--to", "webship", "--sandbox", "--state-dir", place]
    done = typed(words, ROOT, world(tmp_path))
    assert done.code == 2
    assert f"{place}: the state directory cannot be made: " in done.err


def test_a_tilde_in_the_variable_of_any_path_is_the_home_directory(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text("defaults: {timezone: America/Denver}\n")
    places = {"ORDERCTL_CONFIG": "~/my.yaml", "ORDERCTL_OUTPUT": "~/out.json"}
    words = ["convert", "samples/webship/orders.json", "--to", "orderctl", "-q"]
    assert typed(words, ROOT, world(tmp_path, **places)).code == 0
    assert (tmp_path / "out.json").exists()
    shown = typed(["config", "path"], ROOT, world(tmp_path, **places))
    assert shown.out == f"{tmp_path / 'my.yaml'}\n"


def test_where_the_state_directory_cannot_be_used_another_is_asked_for(tmp_path: Path) -> None:
    own = {
        "WEBSHIP_BASE_URL": "http://127.0.0.1:9",
        "WEBSHIP_CUSTOMER_ID": "C",
        "WEBSHIP_INTEGRATION_ID": "I",
        "WEBSHIP_API_KEY": "K",
    }
    words = ["push", "samples/webship/orders.json", "--to", "webship", "--state-dir"]
    done = typed([*words, "/dev/null/x"], ROOT, world(tmp_path, **own))
    assert done.code == 2
    assert done.err == (
        "orderctl: /dev/null/x: the state directory cannot be used: /dev/null/x: Not a directory. "
        "Name another in state_dir, ORDERCTL_STATE_DIR or --state-dir; nothing was sent\n"
    )
    os.mkdir(shared := tmp_path / "shared")
    os.chmod(shared, 0o1777)
    done = typed([*words, str(shared)], ROOT, world(tmp_path, **own))
    assert (done.code, os.listdir(shared), os.stat(shared).st_mode & 0o7777) == (2, [], 0o1777)
    assert f"{shared}: others may write there, and it is not for orderctl alone; name a folder of its own" in done.err


@pytest.mark.parametrize("verbose", [True, False])
def test_a_bug_is_exit_70_in_one_line_with_v_behind_its_traceback(
    verbose: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orderctl.doctor.diagnose", None)
    flags = ["-v"] if verbose else []
    done = typed(["doctor", "--sandbox", "--json", *flags], tmp_path, world(tmp_path))
    *before, last = done.err.splitlines()
    assert (done.code, json.loads(done.out)["exit_code"]) == (70, 70)
    assert last.startswith("orderctl: A bug in orderctl: TypeError. ")
    assert before[:1] == (["Traceback (most recent call last):"] if verbose else [])


def test_memory_that_is_used_up_is_no_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("orderctl.doctor.diagnose", full)
    done = typed(["doctor", "--sandbox", "--json"], tmp_path, world(tmp_path))
    assert (done.code, json.loads(done.out)["exit_code"]) == (70, 70)
    assert done.err.startswith("orderctl: There was not enough memory. ")
    assert "bug" not in done.err


@pytest.mark.parametrize(("place", "told"), [(None, ""), ("/some/file", "/some/file: ")])
def test_what_the_system_refuses_anywhere_is_told_before_it_is_called_a_bug(
    place: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files", place)

    monkeypatch.setattr("orderctl.doctor.diagnose", refused)
    done = typed(["doctor", "--sandbox", "--json"], tmp_path, world(tmp_path))
    assert (done.code, json.loads(done.out)["exit_code"]) == (70, 70)
    said = (
        f"orderctl: {told}Too many open files. If nothing is wrong there, it is a bug in orderctl. Run again with -v "
    )
    assert done.err.startswith(said)


@pytest.mark.parametrize("named", ["flag", "variable"])
@pytest.mark.parametrize(
    "words", [["validate", "samples/webship/orders.json"], ["sandbox", "--state-dir", "."]], ids=lambda words: words[0]
)
def test_a_configuration_that_is_named_must_be_there_also_where_it_is_not_needed(
    words: list[str], named: str, tmp_path: Path
) -> None:
    flags, variable = (["--config", "gone.yaml"], {}) if named == "flag" else ([], {"ORDERCTL_CONFIG": "gone.yaml"})
    done = typed([*words, *flags], ROOT, world(tmp_path, **variable))
    said = "orderctl: gone.yaml: the configuration cannot be read: No such file or directory\n"
    assert (done.code, done.err) == (2, said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["init", "webshp"], '"webshp" is no system; did you mean "webship"?'),
        (["schema", "starshpit"], '"starshpit" is no shape; did you mean "starshipit"?'),
        (["schema", "x"], '"x" is no shape; known: orderctl, shipstation, starshipit, webship, webship-webhook'),
        (
            ["push", "x", "--to", "webship", "--sandbox", "--status", "shiped"],
            'no such status "shiped"; did you mean "shipped"?',
        ),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(words: list[str], said: str, tmp_path: Path) -> None:
    done = typed(words, tmp_path, world(tmp_path))
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["validate", "x", "--fro", "y"],
            ": --fro (Possible options: --for, --from, --report). See --help.",
        ),
        (["psh"], "No such command 'psh'. Did you mean 'push'? See --help."),
        (["push"], "Missing argument 'FILE...'. See --help."),
        (["plan", "x", "--to", "webship", "--limit", "1"], "No such option: --limit. See --help."),
        *(
            (
                ["push", "x", "--to", "webship", "--timeout", "1", flag, given],
                f"'{flag}': {shown} is no number of seconds up to 31,536,000, a year. See --help.",
            )
            for flag, given, shown in (
                ("--max-time", "inf", "inf"),
                ("--lock-wait", "nan", "nan"),
                ("--settle", "1e10", "1e+10"),
                ("--timeout", "1e300", "1e+300"),
            )
        ),
        (["push", "x", "--to", "webship", "--limit", "many"], "'--limit': 'many' is not a whole number. See --help."),
        (
            ["push", "x", "--to", "webship"],
            ": 'soon' is not a number. It is from ORDERCTL_TIMEOUT. See --help.",
        ),
    ],
)
def test_what_is_wrong_with_the_command_line_is_said_in_sentences(words: list[str], said: str, tmp_path: Path) -> None:
    done = typed(words, tmp_path, world(tmp_path, ORDERCTL_TIMEOUT="soon"))
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(f"{said}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("orderId,orderDate", 'found "orderId,orderDate", and an order is an object with fields, in JSON or YAML'),
        ("[7]", "found the number 7, and an order is an object with fields, in JSON or YAML"),
        ("{}", "found an empty object, and an order is an object with fields, in JSON or YAML"),
        ('{"a": 1}', 'no shape knows its keys, such as "a"; orderctl fields SHAPE lists the known ones'),
        (
            '{"orderId": "1"}',
            "it fits shipstation, webship and webship-webhook (no key decides between them); name one of",
        ),
    ],
)
def test_what_is_no_order_is_answered_with_what_was_found(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "orders.txt").write_text(text)
    assert said in typed(["validate", "orders.txt"], tmp_path, world(tmp_path)).out


def test_a_folder_of_folders_says_which_to_name(tmp_path: Path) -> None:
    done = typed(["validate", "samples"], ROOT, world(tmp_path))
    assert done.code == 6
    assert "Folders in it are not read: name them, such as samples/orderctl." in done.err


def test_ctrl_c_while_a_command_is_loaded_is_130_and_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "orderctl.cli.app", Slow())
    done = typed(["doctor"], tmp_path, world(tmp_path))
    assert (done.code, done.out, done.err) == (130, "", "")


@pytest.mark.parametrize(
    ("module", "cure"),
    [
        ("ssl", "this Python was built without a part that orderctl needs; install orderctl for a complete one."),
        ("orderctl.doctor.reach", "the installation is not whole; install orderctl again."),
    ],
)
def test_a_module_that_is_not_there_is_named_with_what_to_do(
    module: str, cure: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delitem(sys.modules, "orderctl.doctor.reach", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    done = typed(["doctor", "webship", "--sandbox"], ROOT, world(tmp_path))
    assert done.code == 2
    assert done.err.startswith(f"orderctl: {sys.executable}: ")
    assert f" {module} " in done.err
    assert done.err.endswith(f": {cure}\n")
