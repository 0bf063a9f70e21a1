"""What is known of the spotters: their false alarms on generated recordings without expressions.

`false_alarms.csv` is measured, not written by hand: docs/spotting.md has the commands.
"""

from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files.cells import Table

FILE = Path(__file__).with_name("false_alarms.csv")
COLUMNS = ("method", "false", "minutes", "low", "high", "f1", "f1_low", "f1_high")


def false_alarms(method: str) -> str:
    """Returns one line: how often a spotter is wrong where nothing is shown, and its F1.

    Raises UserError for a method that is not known.
    """
    lines = {cells.text("method"): cells for cells in Table(FILE)}
    if method not in lines:
        raise UserError(f"spotter is {method!r}; expected one of {', '.join(lines)}")
    cells = lines[method]
    false, minutes, low, high, f1, f1_low, f1_high = (cells.real(name) for name in COLUMNS[1:])
    return (
        f"spotted by {method}: {false / minutes:.2f} false alarms a minute [{low:.2f}, {high:.2f}] "
        f"on {minutes:.0f} minutes of GENERATED neutral video with blinks, speech and turns; "
        f"F1 at IoU 0.5 {100 * f1:.1f} [{100 * f1_low:.1f}, {100 * f1_high:.1f}] on GENERATED "
        "micro-expressions; not measured on real recordings"
    )
