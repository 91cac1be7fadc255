"""Prints the table of ratios: `python -m tests.bench --count 100000`; needs what the extra `dev` installs, and jq for
the row that compares with it.

Knows what is compared with what; `measure` takes the figures.
"""

import argparse
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orderctl import systems
from orderctl.mapping.schema import json_schema

from . import pushes
from .measure import Meter
from .orders import SHAPES, orders, write_array, write_lines, write_yaml

JOURNEYS = (("webship", "shipstation"), ("shipstation", "starshipit"), ("starshipit", "webship"))
REMAP = Path(__file__).with_name("remap.jq")


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of the table."""

    work: str
    measured: float
    gate: str


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder of generated files, and the meter."""

    folder: Path
    meter: Meter
    count: int

    def file(self, shape: str, count: int, *, form: str = "json", wrong: int = 0) -> Path:
        """A file of so many orders, made once."""
        path = self.folder / f"{shape}-{count}-{wrong}.{form}"
        if not path.exists():
            write = {"json": write_array, "jsonl": write_lines, "yaml": write_yaml}[form]
            write(path, orders(shape, count, wrong=wrong))
        return path

    def validate(self, shape: str, count: int, *, form: str = "json", wrong: int = 0) -> float:
        """The seconds of a validation by one process beyond its start."""
        return self._beyond(
            lambda file: self.meter.orderctl("validate", file, "--jobs", "1"), shape, count, form, wrong
        )

    def convert(self, source: str, target: str, count: int, *, form: str = "json") -> float:
        """The seconds of a conversion by one process beyond its start; the report is counted."""
        command = ("--to", target, "--jobs", "1")
        return self._beyond(lambda file: self.meter.orderctl("convert", file, *command), source, count, form)

    def unit(self, name: str, shape: str, count: int, *, form: str = "json") -> float:
        """The seconds of a unit beyond its start."""
        return self._beyond(lambda file: self.meter.unit(name, Path(file)), shape, count, form)

    def remap(self, count: int) -> float:
        """The seconds of jq beyond its start."""
        return self._beyond(lambda file: ["jq", "-c", "-f", str(REMAP), file], "webship", count)

    def check_jsonschema(self, count: int) -> float:
        """The seconds of check-jsonschema beyond its start, with the schema that `orderctl schema` exports."""
        schema = self.folder / "orders.schema.json"
        schema.write_text(json.dumps({"type": "array", "items": json_schema(systems.shape("webship"))}))
        command = [self.meter.python, "-m", "check_jsonschema", "--schemafile", str(schema)]
        return self._beyond(lambda file: [*command, file], "webship", count)

    def two_over_one(self, *command: str) -> float:
        """The time that two processes take for a command, by the clock, over that of one."""
        one, two = (self.meter.run(self.meter.orderctl(*command, "--jobs", jobs)).elapsed for jobs in ("1", "2"))
        return two / one

    def unasked(self, source: str, target: str) -> float:
        """The time of a conversion as users start it, by the clock, over that of loads + dumps in one process."""
        file = self.file(source, self.count)
        ours = self.meter.run(self.meter.orderctl("convert", str(file), "--to", target)).elapsed
        return ours / self.meter.run(self.meter.unit("loads+dumps", file)).elapsed

    def _beyond(
        self, command: Callable[[str], list[str]], shape: str, count: int, form: str = "json", wrong: int = 0
    ) -> float:
        whole, one = self.file(shape, count, form=form, wrong=wrong), self.file(shape, 1, form=form)
        return self.meter.beyond_start(command(str(whole)), command(str(one)))


def table(bench: Bench) -> Iterator[Ratio]:
    """Every ratio that this machine can take."""
    yield from _speed(bench)
    yield from _rivals(bench)
    yield from _shared(bench)
    yield from _memory(bench)
    yield from _starts(bench)
    for row in pushes.rows(bench.folder, bench.meter, bench.count):
        yield Ratio(*row)


def _speed(bench: Bench) -> Iterator[Ratio]:
    count, few = bench.count, max(bench.count // 10, 100)
    for shape in SHAPES:
        ratio = bench.validate(shape, count) / bench.unit("loads", shape, count)
        yield Ratio(f"validate {shape}, over streamed orjson.loads", ratio, "7")
    for source, target in JOURNEYS:
        ratio = bench.convert(source, target, count) / bench.unit("loads+dumps", source, count)
        yield Ratio(f"convert {source} to {target}, over streamed orjson loads + dumps", ratio, "9")
    ratio = bench.validate("webship", count, wrong=10) / bench.validate("webship", count)
    yield Ratio("one order in ten wrong, over the clean file", ratio, "2.5")
    slow = min(few, 5_000)
    ratio = bench.convert("webship", "shipstation", slow, form="yaml") / bench.unit(
        "safe_load", "webship", slow, form="yaml"
    )
    yield Ratio("convert YAML, over yaml.load(CSafeLoader) alone", ratio, "0.5")


def _rivals(bench: Bench) -> Iterator[Ratio]:
    if shutil.which("jq"):
        ratio = bench.convert("webship", "shipstation", bench.count) / bench.remap(bench.count)
        yield Ratio("convert webship to shipstation, over jq's remap of the array", ratio, "0.8")
    slow = min(bench.count, 2_000)
    ratio = bench.check_jsonschema(slow) / bench.validate("webship", slow)
    yield Ratio("check-jsonschema, over validate", ratio, "10 or more")


def _shared(bench: Bench) -> Iterator[Ratio]:
    file = str(bench.file("webship", bench.count))
    for verb, *more in (("validate",), ("convert", "--to", "shipstation")):
        yield Ratio(f"{verb} in two processes, over one, by the clock", bench.two_over_one(verb, file, *more), "0.7")
    for source, target in JOURNEYS:
        work = f"convert {source} to {target} as it starts unasked, over loads + dumps, by the clock"
        yield Ratio(work, bench.unasked(source, target), "")


def _memory(bench: Bench) -> Iterator[Ratio]:
    """The largest of the processes that a command starts unasked, itself among them."""
    many, few = bench.count, max(bench.count // 10, 100)
    for form in ("json", "jsonl", "yaml"):
        small, large = (few // 10, few) if form == "yaml" else (few, many)
        for verb, more in (("validate", ()), ("convert", ("--to", "shipstation"))):
            peaks = [
                bench.meter.run(bench.meter.orderctl(verb, str(bench.file("webship", size, form=form)), *more)).peak
                for size in (small, large)
            ]
            yield Ratio(f"peak MiB of a process, {verb} {large:,} orders of {form}", peaks[1], "64")
            yield Ratio(f"  the same, over {small:,} orders", peaks[1] / peaks[0], "1.15")


def _starts(bench: Bench) -> Iterator[Ratio]:
    one = str(bench.file("webship", 1))
    bare = bench.meter.run([bench.meter.python, "-c", "pass"]).seconds
    for name, arguments, gate in (
        ("--version", ("--version",), "1.5"),
        ("--help", ("--help",), "8"),
        ("validate of one order", ("validate", one), "18"),
    ):
        ratio = bench.meter.run(bench.meter.orderctl(*arguments)).seconds / bare
        yield Ratio(f"{name}, over python -c pass", ratio, gate)


def show(ratios: Iterable[Ratio], bench: Bench) -> None:
    """Print the table, row by row as it is taken."""
    machine = f"{platform.node()}: {os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}"
    print(f"{machine}; {bench.count:,} orders, processor time beyond the start, medians of {bench.meter.rounds}\n")
    print("| work | measured | gate |\n|---|---:|---:|")
    for ratio in ratios:
        print(f"| {ratio.work} | {ratio.measured:.2f} | {ratio.gate} |", flush=True)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main() -> None:
    """Parse the flags and print the table."""
    flags = argparse.ArgumentParser(description="Print the table of ratios.")
    flags.add_argument("--count", type=int, default=100_000, help="orders a file")
    flags.add_argument("--rounds", type=int, default=3)
    given = flags.parse_args()
    with tempfile.TemporaryDirectory(prefix="orderctl-bench-") as folder:
        bench = Bench(Path(folder), Meter(Path(folder), given.rounds), given.count)
        show(table(bench), bench)


if __name__ == "__main__":
    main()
