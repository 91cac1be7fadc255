"""A push in a process of its own, for tests that kill it: STATE_DIR URL COUNT [system=NAME] [FLAG=VALUE…].

Prints one line a result and exits with the run's exit code. With `-` alone it is a nursery: for each such line on
stdin it forks a child, says its process id, lets it run at the next line, and says how it ended. A child so needs no
interpreter's start.
"""

import os
import sys
from pathlib import Path

from orderctl.errors import OrderctlError
from orderctl.push import Options, Result, World, push

sys.path.insert(0, str(Path(__file__).parent.parent))
from push.support import several, shipstation, starshipit, target, webship

MAKES = {"webship": webship, "shipstation": shipstation, "starshipit": starshipit}


def told(result: Result) -> None:
    print(f"{result.key} {result.outcome}", flush=True)


def main(arguments: list[str]) -> int:
    state_dir, url, count, *given = arguments
    named = dict(one.split("=", 1) for one in given)
    system = named.pop("system", "webship")
    flags = {name: float(value) if "." in value else int(value) for name, value in named.items()}
    to = target(Path(state_dir), system, base_url=url)
    try:
        orders = several(int(count), MAKES[system])
        summary = push(orders, to, Options(**flags), World(random=lambda: 0.0), told)  # type: ignore[arg-type]
    except OrderctlError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    print(summary.as_dict(), file=sys.stderr)
    return int(summary.exit_code)


def nursery() -> None:
    import orderctl.push.run  # noqa: F401

    for system in MAKES:
        __import__(f"orderctl.systems.{system}.wire")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.stdin.readline()
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(main(line.split()))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    nursery() if sys.argv[1:] == ["-"] else sys.exit(main(sys.argv[1:]))
