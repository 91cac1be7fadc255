"""Where the secret of the webhooks is kept: a variable or a file that is named, never the secret itself.

Knows no request. What was given is not repeated in a message: it may be the secret, typed in by mistake.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from orderctl.config import Secret
from orderctl.config.reading import Reading
from orderctl.config.secret import read_secret
from orderctl.config.tree import Node
from orderctl.errors import UsageError

_FLAG = "--secret-from"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def secret_from(name: str, environ: Mapping[str, str]) -> Secret:
    """The secret that an environment variable of this name holds, else the file at this path.

    Raises UsageError when there is neither, or when what it holds cannot stand in a header.
    """
    if _VARIABLE.fullmatch(name) and name in environ:
        node, place = Node(f"${{{name}}}", f"{_FLAG} {name}"), ""
    elif _is_file(name):
        node, place = Node({"file": Node(name, _FLAG)}, _FLAG), f"the file {name}"
    else:
        raise UsageError(
            f"{_FLAG}: neither an environment variable that is set nor a file. Name one that holds the secret that "
            "you chose in Webship; the secret itself is never typed in."
        )
    reading = Reading(environ)
    secret = read_secret(node, place, reading)
    reading.finish()
    assert secret is not None
    secret.reveal()
    return secret


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False
