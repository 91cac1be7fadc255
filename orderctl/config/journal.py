"""Where the journal lies when it is not a file: the URL of a PostgreSQL database, a secret for its password.

Knows the form of such a URL; makes no connection and shows no password.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from orderctl.config.reading import Reading
from orderctl.config.secret import Secret, read_secret
from orderctl.config.tree import Node
from orderctl.errors import UsageError

VARIABLE = "ORDERCTL_JOURNAL"
"""The environment variable that wins over the configuration's `journal`."""

_SCHEME = "postgresql+psycopg"
_FORM = (
    f"write {_SCHEME}://user:password@host/database, in the password %2F for /, %40 for @ and so on, "
    "or leave it out for a file in state_dir"
)


def read_journal(node: Node, key: str, reading: Reading) -> Secret | None:
    """A reader of the journal's URL; what a file or command keeps is checked when it is first needed."""
    secret = read_secret(node, key, reading)
    if secret is None or isinstance(node.value, Mapping):
        return secret and Secret(lambda: _checked(secret.reveal(), f"{node.where}: {key}"))
    if not _is_url(secret.reveal()):
        reading.wrong(node, key, _FORM)
        return None
    return secret


def shown(url: str) -> str:
    """A journal's URL without anything secret: host and database."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{_SCHEME}://{host}{parts.path}"


def _checked(url: str, where: str) -> str:
    if not _is_url(url):
        raise UsageError(f"{where}: {_FORM}")
    return url


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_there = parts.port != 0 and not parts.netloc.endswith(":")  # as from a variable that is empty
        return parts.scheme == _SCHEME and port_is_there and len(parts.path) > 1
    except ValueError:
        return False
