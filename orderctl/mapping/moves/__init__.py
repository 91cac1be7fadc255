"""The moves that several shapes make before an order is written."""

from orderctl.mapping.moves.lines import identify, keep_numbers_home, leave_out_lines
from orderctl.mapping.moves.measures import (
    SIDES,
    length_unit,
    lengths,
    measure_in,
    weigh_in,
    weigh_package,
    weight_unit,
)
from orderctl.mapping.moves.parties import code_region, dial, fold_lines, one_locality, parties, ten_digits
from orderctl.mapping.moves.values import (
    crosses_a_border,
    insure_package,
    match_customs,
    total,
    undeclare_at_home,
    uninsure_zero,
    worth,
)

__all__ = [
    "SIDES",
    "code_region",
    "crosses_a_border",
    "dial",
    "fold_lines",
    "identify",
    "insure_package",
    "keep_numbers_home",
    "leave_out_lines",
    "length_unit",
    "lengths",
    "match_customs",
    "measure_in",
    "one_locality",
    "parties",
    "ten_digits",
    "total",
    "undeclare_at_home",
    "uninsure_zero",
    "weigh_in",
    "weigh_package",
    "weight_unit",
    "worth",
]
