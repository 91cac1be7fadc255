"""The house keeps its own rules: import directions, sizes, light starts."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "orderctl"
MODULES = sorted(PACKAGE.rglob("*.py"))
RANKS = {
    "cli": 5,
    "report": 4,
    "sandbox": 4,
    "serve": 4,
    "doctor": 4,
    "push": 4,
    "cluster": 4,
    "candidates": 4,
    "validate": 4,
    "convert": 4,
    "intake": 4,
    "detect": 4,
    "config": 4,
    "files": 4,
    "fix": 4,
    "identities": 4,
    "parts": 4,
    "listening": 4,
    "systems": 3,
    "mapping": 2,
    "order": 1,
    "findings": 1,
    "codes": 1,
    "units": 1,
    "places": 1,
    "moments": 1,
    "errors": 1,
    "paths": 1,
}
"""How high a part stands: it imports its own rank and below."""
HEAVY = ("pydantic", "httpx", "starlette", "uvicorn", "rich", "yaml", "sqlite3", "sqlalchemy", "pycountry", "msgspec")
HEAVY += ("psycopg", "procrastinate")


def part_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """The modules of ours that a file imports at run time, TYPE_CHECKING blocks left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checking = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in checking:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("orderctl"):
            found.update({node.module} if node.module != "orderctl" else {f"orderctl.{a.name}" for a in node.names})
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name.startswith("orderctl"))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_its_own_rank_and_below(path: Path) -> None:
    rank = RANKS.get(part_of(path))
    if rank is None:
        assert part_of(path) in ("__init__", "__main__")
        return
    for name in imports_of(path):
        part = name.split(".")[1] if "." in name else ""
        assert RANKS.get(part, 0) <= rank, f"{path.name} imports {name}"


@pytest.mark.parametrize("system", ["webship", "shipstation", "starshipit"])
def test_a_system_imports_no_other_system(system: str) -> None:
    for path in (PACKAGE / "systems" / system).glob("*.py"):
        others = [name for name in imports_of(path) if name.startswith("orderctl.systems.")]
        parts = {name.split(".")[2] for name in others}
        assert not parts & ({"webship", "shipstation", "starshipit"} - {system}), path


def test_only_the_client_imports_httpx() -> None:
    users = [path for path in MODULES if "import httpx" in path.read_text(encoding="utf-8")]
    outside_checks = [path for path in users if "httpx" in runtime_imports(path)]
    assert [path.name for path in outside_checks] == ["client.py"]


def runtime_imports(path: Path) -> set[str]:
    """The foreign packages that a file imports at run time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checking = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    return {
        (alias.name if isinstance(node, ast.Import) else str(node.module)).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in checking
        for alias in node.names
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300, "a module of over 300 lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or 0) - node.body[0].lineno + 1
            assert size <= 40, f"{node.name} has {size} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_it_knows(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "no docstring"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_bare_or_broad_except_outside_the_one_boundary(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
            assert not broad or path == PACKAGE / "cli" / "__init__.py"


@pytest.mark.parametrize("arguments", [["--help"], ["validate", "--help"], ["push", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from orderctl.cli import run\n"
        f"run({arguments!r})\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("arguments", [["validate"], ["convert", "--to", "shipstation"]], ids=lambda words: words[0])
def test_json_is_validated_and_converted_into_a_pipe_without_what_it_does_not_need(arguments: list[str]) -> None:
    unneeded = {*HEAVY, "tomllib", "importlib.resources", "orderctl.parts"} - {"pydantic", "msgspec"}
    program = (
        "import sys; from orderctl.cli import run\n"
        f"run({[*arguments, str(ROOT / 'samples/webship/orders.json')]!r})\n"
        f"print(sorted({unneeded!r} & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_version_loads_no_command_line() -> None:
    program = (
        "import sys; sys.argv = ['orderctl', '--version']\n"
        "from orderctl.__main__ import main; main()\n"
        "print('typer' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_class_and_every_public_function_says_what_it_is(path: Path) -> None:
    named = named_in(ast.parse(path.read_text(encoding="utf-8")))
    assert [each.name for each in named if not ast.get_docstring(each)] == []


Named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def named_in(node: ast.Module | ast.ClassDef) -> Iterator[Named]:
    """The classes of a module, its public functions, and their public methods unless these may be another's."""
    inherits = isinstance(node, ast.ClassDef) and bool(node.bases)
    for each in node.body:
        if isinstance(each, ast.ClassDef):
            yield each
            yield from named_in(each)
        elif isinstance(each, Named) and not each.name.startswith("_") and not inherits:
            yield each
