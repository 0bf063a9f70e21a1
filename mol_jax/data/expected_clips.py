"""The clips that a view must choose: some of every class, those published, those of a list."""

import os
import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_builders import megc2019
from data_builders.views.published import EXACT, KNOWN, differences
from data_builders.views.view import View
from mol_jax.errors import UserError
from mol_jax.text.words import shortened

SHOWN_DIFFERENCES = 8  # between a dataset and what is published of it, in an error
Rows = Sequence[tuple[dict[str, Any], str]]  # (record, class) of each clip


def refuse_empty_class(view: View, counts: Counter) -> None:
    """Raises UserError where a class of a view has no clip. counts: the clips of each class."""
    empty = [c for c in view.classes if not counts[c]]
    if empty:
        raise UserError(
            f"view {view.name!r} of {view.dataset} has no clip of class {shlex.join(empty)} "
            f"({dict(counts)}); every class needs one: choose another data.view or add clips."
        )


def refuse_count(view: View, rows: Rows) -> None:
    """Raises UserError where the clips are not those published, by subject and class if known."""
    key = view.dataset, view.name
    found = Counter((record["subject"], label) for record, label in rows)
    differ = differences(KNOWN[key], found) if key in KNOWN else []
    if view.expected_clips in (None, len(rows)) and not (key in EXACT and differ):
        return
    shown = shortened(differ, shown=SHOWN_DIFFERENCES, between=", ")
    wrong = f"{len(rows)} clips, but its rule gives {view.expected_clips} ({view.rule})"
    if view.expected_clips == len(rows):
        wrong = f"its {len(rows)} clips, but not of the published subjects"
    raise UserError(
        f"view {view.name!r} of {view.dataset} has {wrong}{': ' if shown else ''}"
        f"{shown}; check the "
        "dataset's folders, or pass --config.data.allow_count_mismatch=True to train on what is "
        "there."
    )


def check_list(file: str, rows: Rows) -> None:
    """Raises UserError where the clips are not those of the organisers' list."""
    clips = [(r["dataset"], r["subject"], r["clip"]) for r, _ in rows]
    path = Path(os.path.expanduser(file))  # Path's raises over an unknown ~name
    megc2019.check_file(path, clips, [label for _, label in rows])
