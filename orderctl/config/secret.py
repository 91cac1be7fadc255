"""Secrets: what hides them, and the files and commands that may keep them.

Knows no system, and shows no secret, not even a wrong one.
"""

import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from orderctl.config.reading import Reading, variables
from orderctl.config.tree import Node
from orderctl.errors import UsageError

_SECONDS = 30.0
_MOST_BYTES = 8 * 1024
_FORMS = {"file": "{file: PATH}", "command": "{command: [program, argument]}; no shell is involved"}


class Secret:
    """A text that is never shown: `str()` and `repr()` are `***`.

    Where a function is given instead, it is asked when the text is first needed.
    """

    __slots__ = ("_look_up", "_text")

    def __init__(self, text: str | Callable[[], str]) -> None:
        self._text = text if isinstance(text, str) else None
        self._look_up = None if isinstance(text, str) else text

    def reveal(self) -> str:
        """The text itself.

        Raises UsageError when the file or command that keeps it gives none.
        """
        if self._text is None:
            assert self._look_up is not None
            self._text = self._look_up()
        return self._text

    def __repr__(self) -> str:
        return "***"


def read_secret(node: Node, key: str, reading: Reading) -> Secret | None:
    """A reader of a secret: a text, `{file: PATH}`, or `{command: [program, argument]}`.

    Files and commands are left alone until the secret is revealed.
    """
    if isinstance(node.value, Mapping):
        return _kept_elsewhere(node, key, reading)
    text = reading.text(node, key)
    if text is None:
        return None
    if not text:
        named = ", ".join(variables(str(node.value)))
        reading.lack(node, key, f"the environment variable {named} is empty" if named else "the secret is empty")
        return None
    if flaw := _flaw(text):
        reading.wrong(node, key, flaw)
        return None
    return Secret(text)


def _kept_elsewhere(node: Node, key: str, reading: Reading) -> Secret | None:
    way = next(iter(node.entries), "")
    if len(node.entries) != 1 or way not in _FORMS:
        reading.wrong(node, key, f"write a text, {_FORMS['file']} or {_FORMS['command']}")
        return None
    words = _words(node.entries[way], way, key, reading)
    if not words:
        return None

    def look_up() -> str:
        """What the file holds or the command prints, without its line end; raises UsageError where it is no secret."""
        try:
            content = _printed(words) if way == "command" else _held(reading.path(words[0]))
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            # Not chained: the arguments of a command may be secret too.
            raise UsageError(f"{node.where}: {key}: {words[0]} gives no secret: {_why(error)}") from None
        text = content.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
        if flaw := _flaw(text):
            raise UsageError(f"{node.where}: {key}: {flaw}")
        return text

    return Secret(look_up)


def _words(node: Node, way: str, key: str, reading: Reading) -> list[str]:
    """The path, or the program and its arguments; none where the form is wrong or a variable is not known."""
    found = node.items if way == "command" else [node] if isinstance(node.value, str) else []
    if not found:
        reading.wrong(node, key, f"write {_FORMS[way]}")
    texts = [reading.text(word, key) for word in found]
    words = [text for text in texts if text is not None]
    return words if len(words) == len(texts) else []


def _flaw(text: str) -> str | None:
    """What keeps a text from standing in an HTTP header."""
    if not text:
        return "the secret is empty"
    if len(text) > _MOST_BYTES:
        return f"the secret is longer than {_MOST_BYTES:,} bytes"
    if not (text.isascii() and text.isprintable() and text == text.strip()):
        return "the secret holds a blank at an end, a line break or a character beyond ASCII"
    return None


def _held(path: Path) -> bytes:
    """What a file holds, up to just beyond the limit."""
    with path.open("rb") as file:
        return file.read(_MOST_BYTES + len("\r\n") + 1)


def _printed(arguments: list[str]) -> bytes:
    """What a program prints, up to just beyond the limit.

    Raises OSError or ValueError when it cannot be started, SubprocessError when it fails or takes too long.
    """
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    pipe = process.stdout
    assert pipe is not None
    read: list[bytes] = []
    most = _MOST_BYTES + len("\r\n") + 1
    # In a thread, because what the program has started may keep the pipe open after the program is killed.
    reader = threading.Thread(target=lambda: read.append(pipe.read(most)), daemon=True)
    reader.start()
    reader.join(_SECONDS)
    try:
        if not read:
            raise subprocess.TimeoutExpired(arguments, _SECONDS)
        if len(read[0]) < most and (code := process.wait(_SECONDS)):
            raise subprocess.CalledProcessError(code, arguments)
    finally:
        process.kill()
        process.wait()
        reader.join(1)
        if not reader.is_alive():
            pipe.close()
    return read[0]


def _why(error: OSError | ValueError | subprocess.SubprocessError) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"it ended with exit code {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"no answer within {_SECONDS:g} seconds"
    return (error.strerror if isinstance(error, OSError) else None) or "that cannot be a name"
