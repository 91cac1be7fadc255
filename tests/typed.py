"""A command as users type it, run in this process: its own folder, environment and streams, no interpreter start."""

import contextlib
import io
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from orderctl.__main__ import main

_FOREIGN = ("ORDERCTL_", "WEBSHIP_", "SHIPSTATION_", "STARSHIPIT_")


@dataclass(frozen=True)
class Done:
    """What a command left."""

    code: int
    out: str
    err: str


def world(home: Path, **variables: str) -> dict[str, str]:
    """An environment without the user's own settings: configuration and journal would lie under `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    places = {name: str(home) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    return {**kept, **places, "COLUMNS": "100", **variables}


def typed(words: Sequence[str], folder: Path, environment: Mapping[str, str], given: bytes = b"") -> Done:
    """Run `orderctl` with these words through its own entry point, in this folder."""
    streams = {name: io.TextIOWrapper(io.BytesIO(given if name == "stdin" else b""), "utf-8") for name in _STREAMS}
    with (
        contextlib.chdir(folder),
        patch.dict(os.environ, environment, clear=True),
        patch.multiple(sys, argv=["orderctl", *words], **streams),
    ):
        code = _code()
    out, err = (_text(streams[name]) for name in ("stdout", "stderr"))
    return Done(code, out, err)


_STREAMS = ("stdin", "stdout", "stderr")


def _code() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    inner = stream.buffer
    assert isinstance(inner, io.BytesIO)
    return inner.getvalue().decode()
