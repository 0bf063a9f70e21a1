"""What is known of the spotters: their false alarms on generated recordings without expressions.

`false_alarms.csv` is measured, not written by hand, by the commands of docs/spotting.md; of two
finished runs of `python -m mol_jax.spotting`, on videos with expressions and on neutral ones,

    python -m mol_jax.spotting.known flow runs/spotted runs/neutral

writes a method's line anew.
"""

import argparse
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.cells import Table, write_cells
from mol_jax.files.whole import read_text
from mol_jax.spotting.settings import METHODS, USUAL

FILE = Path(__file__).with_name("false_alarms.csv")
COLUMNS = (
    *("method", "false", "minutes", "low", "high"),  # a minute: 95 % over people
    *("f1", "f1_low", "f1_high", "videos"),  # at IoU 0.5, pooled
)


_UNREAL = "; not measured on real recordings"


def false_alarms(method: str, file: Path = FILE) -> str:
    """Returns one line: how often a spotter is wrong where nothing is shown, and its F1.

    Raises UserError for a method that is not known.
    """
    if method not in METHODS:
        raise UserError(f"spotter is {method!r}; expected one of {', '.join(METHODS)}")
    lines = {cells.text("method"): cells for cells in Table(file)}
    if method not in lines:
        return f"spotted by {method}: how often it is wrong was not measured"
    cells = lines[method]
    return line(method, list(map(cells.real, COLUMNS[1:])))


def line(method: str, figures: Sequence[float], *, generated: bool = True) -> str:
    """Says what was measured of a method.

    figures: in the order of `COLUMNS` after its name. generated: whether on drawn videos.
    """
    false, minutes, low, high, f1, f1_low, f1_high, videos = figures
    drawn, turns, real = ("GENERATED ", " with blinks, speech and turns", _UNREAL)
    if not generated:
        drawn = turns = real = ""
    return (
        f"spotted by {method}: {false / minutes:.2f} false alarms a minute [{low:.2f}, {high:.2f}] "
        f"on {minutes:.3g} minutes of {drawn}neutral video{turns}; F1 at "
        f"IoU 0.5 {100 * f1:.1f} [{100 * f1_low:.1f}, {100 * f1_high:.1f}] on {videos:.0f} "
        f"{drawn}videos with micro-expressions{real}"
    )


def record(method: str, spotted: Path, neutral: Path, file: Path = FILE) -> None:
    """Writes a method's line of the table anew, from the folders of two runs.

    Raises UserError where a run has no scores, or is of another method or of other constants.
    """
    scores, quiet = (_scores(run, method) for run in (spotted, neutral))
    if quiet["tp"] + quiet["fn"] or not scores["tp"] + scores["fn"]:
        raise UserError(
            f"{neutral} has {quiet['tp'] + quiet['fn']} true intervals and {spotted} "
            f"{scores['tp'] + scores['fn']}: expected the run on videos with expressions, then "
            "the one on neutral videos"
        )
    minutes = sum(cells.real("seconds") for cells in Table(neutral / "durations.csv")) / 60
    alarms, f1 = quiet["ci95"]["false_per_minute"], scores["ci95"]["f1"]
    made = [method, quiet["fp"], minutes, *alarms, scores["f1"], *f1, scores["n_videos"]]
    kept = [[cells.values[name] for name in COLUMNS] for cells in Table(file)]
    others = [line for line in kept if line[0] != method]
    write_cells(file, COLUMNS, sorted([*others, made], key=lambda line: str(line[0])))


def _scores(run: Path, method: str) -> dict[str, Any]:
    """Reads the scores of a run by this method with the usual constants."""
    scores = json.loads(read_text(run / "scores.json"))
    if (scores["method"], scores["settings"]) != (method, dataclasses.asdict(USUAL)):
        raise UserError(
            f"{run} was spotted by {scores['method']}; expected {method} with its usual constants"
        )
    return scores


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(argv), stopped="stopped; nothing was written")


def _run(argv: Sequence[str] | None) -> int:
    parser = Parser(
        prog="python -m mol_jax.spotting.known",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("method", help="as the spotting command has it")
    parser.add_argument("spotted", type=Path, help="folder of the run on videos with expressions")
    parser.add_argument("neutral", type=Path, help="folder of the run on neutral videos")
    given = parser.parse_args(argv)
    record(given.method, given.spotted, given.neutral)
    print(false_alarms(given.method))
    return 0


if __name__ == "__main__":
    leave(main())
