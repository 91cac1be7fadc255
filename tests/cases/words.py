"""What the program's sources and messages say, for the tests that no rule goes without a case or a word.

Knows no rule; it reads the modules that hold them.
"""

import ast
import inspect
import re
from pathlib import Path
from typing import Any

from cases.reading import Mark

from orderctl.findings import RULES
from orderctl.mapping.check import Judge


def tells(message: str, value: Any) -> bool:
    """Whether a message names what stands at the place: the value, its JSON type, its length, or its lack."""
    if isinstance(value, str) and value.strip():
        said = (value[:40], f"{len(value)} characters", *(["zero"] if not value.strip("0.") else []))
        return any(words in message for words in said)
    if isinstance(value, str):
        return re.search(r"\b(blank|no|none|missing)\b|\"\s*\"", message) is not None
    if isinstance(value, bool):
        return str(value).lower() in message
    if value is None or value is Mark.ABSENT:
        return re.search(r"\b(null|missing|no|none)\b", message) is not None
    if isinstance(value, list | dict):
        return ("list" if isinstance(value, list) else "object") in message
    return format(value, "f" if not isinstance(value, int) else "d")[:40] in message


def sources() -> list[Path]:
    """The modules that hold the shapes' rules: their folders, and those that word an error for all of them."""
    package = Path(inspect.getfile(Judge)).parent.parent
    rules = [
        file
        for name in ("order", "put_order", "webhook", "rules", "words")
        for file in package.glob(f"systems/*/{name}.py")
    ]
    return [*sorted(rules), *(package / "mapping" / f"{name}.py" for name in ("check", "kinds", "reckon"))]


def calls_of_find() -> list[tuple[str, int]]:
    """Where the rules between fields speak: file and line of every `judge.find(…)`."""
    return [
        (str(file), node.lineno)
        for file in sources()
        if file.name in ("rules.py", "reckon.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "find"
    ]


def codes_in_sources() -> set[str]:
    return {
        node.value
        for file in sources()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in RULES
    }
