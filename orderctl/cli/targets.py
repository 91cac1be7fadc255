"""The target that a command was asked for: from the configuration, the environment, or the sandbox.

Knows settings and secrets as values; sends nothing.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from orderctl.cli.options import Reaching
from orderctl.errors import UsageError

if TYPE_CHECKING:
    from orderctl.config import Target
    from orderctl.sandbox import Running


@contextmanager
def target_of(asked: Reaching, *, need_credentials: bool, asks: bool = True) -> "Iterator[Target]":
    """The target that was asked for; with --sandbox, one in the sandbox, which runs until the block ends.

    It does not run where nothing `asks` it anything: then the address is that of `orderctl sandbox`.
    """
    from orderctl.config import Secret, load

    loaded = load(asked.config, os.environ)
    target = loaded.target(asked.to, os.environ, sandbox=asked.sandbox, need_credentials=need_credentials)
    if asked.state_dir:
        target = replace(target, state_dir=Path(asked.state_dir))
    if not asked.sandbox:
        yield target
        return
    from orderctl import systems
    from orderctl.sandbox import Running

    system = systems.load(target.system)
    with _running(target) if asks else nullcontext(Running()) as sandbox:
        given = sandbox.credentials(system.name)
        yield replace(
            target,
            base_url=sandbox.base_url(system.name),
            settings={setting.key: given[setting.key] for setting in system.settings},
            secrets={setting.key: Secret(given[setting.key]) for setting in system.credentials},
            sandbox=True,
        )


def again(asked: Reaching) -> str:
    """The flags that were given, by which another command reaches the same targets and journal."""
    from shlex import quote

    given = {"--config": asked.config, "--state-dir": asked.state_dir}
    return "".join(f" {name} {quote(value)}" for name, value in given.items() if value)


def _running(target: "Target") -> "AbstractContextManager[Running]":
    from orderctl.sandbox import running

    try:
        target.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{target.state_dir}: the state directory cannot be made: {error.strerror}.") from None
    return running([target.system], store=target.state_dir / "sandbox.sqlite", limits=False)
