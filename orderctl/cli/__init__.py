"""The command line: turns arguments into a run, and whatever ends it into an exit code.

Knows no order. The one place where a bug becomes exit 70.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from types import FrameType
from typing import Any

from orderctl.errors import BrokenOff, Exit, OrderctlError


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit code is that of SPEC §3."""
    with _streams():
        try:
            with _breakable():
                return _run(arguments)
        except BrokenOff as broken:
            code = broken.code
        except KeyboardInterrupt:  # before that, or from a library
            code = Exit.INTERRUPTED
        _print_failure(arguments, code, _SIGNALS[code])
        return code


_SIGNALS = {Exit.INTERRUPTED: "interrupted", Exit.TERMINATED: "terminated"}


@contextmanager
def _breakable() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM unwind the run, so that nothing half-written stays; one that is ignored stays so.

    Typer would make an exit code of a KeyboardInterrupt, which looks like the command's own.
    """
    import signal
    import threading

    usual: dict[int, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    here = threading.current_thread() is threading.main_thread()
    ours = [number for number, answer in usual.items() if here and signal.getsignal(number) is answer]

    def end(number: int, frame: FrameType | None) -> None:
        """Leave what goes on now."""
        raise BrokenOff(Exit(128 + number))

    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, usual[number])


@contextmanager
def _streams() -> Iterator[None]:
    """Let what is written to a stdout or stderr that is closed go nowhere, and keep their numbers from other files.

    A character that a terminal or the console of Windows has no byte for is escaped, and breaks no run.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is not None and sys.stderr is not None:
        yield
        return
    before = sys.stdout, sys.stderr
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before


def _run(arguments: Sequence[str]) -> int:
    from typer.exceptions import TyperException

    from orderctl.cli.app import app

    try:
        command_line = app(arguments[0] if arguments else None)
        code = command_line(args=list(arguments), prog_name="orderctl", standalone_mode=False)
    except TyperException as wrong:
        return _misused(arguments, wrong)
    except OrderctlError as ended:
        return _fail(arguments, ended.exit_code, str(ended))
    except ImportError as missing:
        return _fail(arguments, Exit.USAGE, _incomplete(missing))
    except MemoryError:
        return _fail(arguments, Exit.BUG, _FULL)
    except OSError as refused:  # such as too many open files, or no room behind --help
        where = f"{refused.filename}: " if refused.filename else ""
        said = f"{where}{refused.strerror or refused}. If nothing is wrong there, it is a bug in orderctl."
        return _fail(arguments, Exit.BUG, f"{said} {_told_of(refused, arguments)}")
    except Exception as bug:
        return _fail(arguments, Exit.BUG, f"A bug in orderctl: {type(bug).__name__}. {_told_of(bug, arguments)}")
    return code if isinstance(code, int) else Exit.OK


_FULL = (
    "There was not enough memory. Allow more (ulimit -v, the limit of the container), take --jobs 1 where the command "
    "has it, or split a large YAML file; a push that is run again goes on where this one ended."
)


def _told_of(bug: Exception, arguments: Sequence[str]) -> str:
    """How to report a bug, once its traceback is shown where more is asked for."""
    if not {"-v", "--verbose"}.intersection(arguments) and not os.environ.get("ORDERCTL_VERBOSE"):
        return "Run again with -v and report what it says."
    import traceback

    from orderctl.report.text import show

    show("".join(traceback.format_exception(bug)))
    return "Report it with the lines above."


def _incomplete(missing: ImportError) -> str:
    """What to do about a module that is not there: Python's own, as where it was built without TLS, or a package."""
    top = (missing.name or "").partition(".")[0]
    if top in sys.stdlib_module_names:
        cure = "this Python was built without a part that orderctl needs; install orderctl for a complete one"
    else:
        cure = "the installation is not whole; install orderctl again"
    return f"{sys.executable}: {missing}: {cure}."


def _misused(arguments: Sequence[str], wrong: Exception) -> int:
    """Say what is wrong with the command line; a command group without a command shows its help."""
    words = getattr(wrong, "format_message", wrong.__str__)()
    if words.startswith("Usage:"):
        from orderctl.report.text import say

        say(words)
        return Exit.USAGE
    for theirs, plain in _PLAIN.items():
        words = words.replace(theirs, plain)
    end = "" if words.endswith((".", "?")) else "."
    return _fail(arguments, Exit.USAGE, f"{words}{end}{_origin(wrong)} See --help.")


_PLAIN = {"a valid int range": "a whole number", "a valid float range": "a number", "values: , 0": "values: 0"}


def _origin(wrong: Exception) -> str:
    """A sentence on where a wrong value is from, when nobody typed it."""
    parameter, context = getattr(wrong, "param", None), getattr(wrong, "ctx", None)
    source = context.get_parameter_source(parameter.name) if parameter and context else None
    if not (parameter and source and source.name == "ENVIRONMENT"):
        return ""
    return f" It is from {next(name for name in parameter.envvar if os.environ.get(name))}."


def _fail(arguments: Sequence[str], code: Exit, message: str) -> int:
    """Say why the run ended: in words on stderr and, in JSON mode, as one document on stdout."""
    from orderctl.report.text import say

    say(f"orderctl: {message}")
    _print_failure(arguments, code, message)
    return code


def _print_failure(arguments: Sequence[str], code: Exit, message: str) -> None:
    """In JSON mode, say it as one document on stdout, where the results would have come at the end."""
    if _asks_for_json(arguments):
        from orderctl.report.document import error_document, render
        from orderctl.report.text import Out

        out = Out()
        out.write(render(error_document(code, message)) + b"\n")
        out.flush()


def _asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether JSON is asked for by a flag or, where no flag names a format, by the environment."""
    pairs = zip(arguments, (*arguments[1:], ""), strict=False)
    named = [following if word == "--format" else word[9:] for word, following in pairs if word.startswith("--format")]
    return "--json" in arguments or (named or [os.environ.get("ORDERCTL_FORMAT", "")])[-1] == "json"
