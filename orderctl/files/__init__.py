"""Files of orders: which they are, their records one at a time, places in them, and writing."""

from orderctl.files.inputs import STDIN, STDIN_NAME, find_files, named, repeated
from orderctl.files.locate import locate
from orderctl.files.reading import read
from orderctl.files.record import Envelopes, Expected, Format, Plain, Record
from orderctl.files.writing import append_json, indented, json_bytes, write_bytes

__all__ = [
    "STDIN",
    "STDIN_NAME",
    "Envelopes",
    "Expected",
    "Format",
    "Plain",
    "Record",
    "append_json",
    "find_files",
    "indented",
    "json_bytes",
    "locate",
    "named",
    "read",
    "repeated",
    "write_bytes",
]
