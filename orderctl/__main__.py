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
    import gc

    # What a start loads stays, and looking through it for garbage again and again is a third of the start.
    gc.set_threshold(_SELDOM)
    from orderctl.cli import run

    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


_SELDOM = 200_000


if __name__ == "__main__":
    main()
