"""Safe repairs: what surely was meant, written into the file with nothing else touched; never a guess."""

from orderctl.fix.assess import Assessed, assess, repairs
from orderctl.fix.diff import unified
from orderctl.fix.file import Fixed, fix_file, fix_text
from orderctl.fix.repair import Left, Placed, Repair
from orderctl.fix.rewrite import check_writable, rewrite
from orderctl.fix.text import Text, take_in_text, text_of

__all__ = [
    "Assessed",
    "Fixed",
    "Left",
    "Placed",
    "Repair",
    "Text",
    "assess",
    "check_writable",
    "fix_file",
    "fix_text",
    "repairs",
    "rewrite",
    "take_in_text",
    "text_of",
    "unified",
]
