"""The command `orderctl`: answers `--version` at once, hands everything else to the command line.

Knows nothing else, so that the start stays light.
"""

import sys


def main() -> None:
    """Run orderctl with the arguments of this process, and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        from orderctl import __version__

        sys.stdout.write(f"orderctl {__version__}\n")
        return
    from orderctl.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
