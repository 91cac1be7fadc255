"""A push in a process of its own, for tests that kill it: STATE_DIR URL COUNT [FLAG=VALUE…].

Prints one line a result and exits with the run's exit code.
"""

import sys
from pathlib import Path

from orderctl.errors import OrderctlError
from orderctl.push import Options, Result, World, push

sys.path.insert(0, str(Path(__file__).parent.parent))
from push.support import several, target


def told(result: Result) -> None:
    print(f"{result.key} {result.outcome}", flush=True)


def main() -> int:
    state_dir, url, count, *given = sys.argv[1:]
    flags = {
        name: float(value) if "." in value else int(value) for name, _, value in (one.partition("=") for one in given)
    }
    to = target(Path(state_dir), base_url=url)
    try:
        summary = push(several(int(count)), to, Options(**flags), World(), told)  # type: ignore[arg-type]
    except OrderctlError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    print(summary.as_dict(), file=sys.stderr)
    return int(summary.exit_code)


if __name__ == "__main__":
    sys.exit(main())
