"""A look-alike of SMIC: its trees, workbooks, counts and quirks, with generated clips.

Written at true scale unless asked otherwise: 164 HS clips of 16 subjects with the published classes
of each, 71 VIS and NIR clips, 157 long HS-E clips. Frame numbers and lengths are made up, and so is
what is not published, as which long clips hold two micro-expressions.
"""

import functools
import itertools
from collections.abc import Sequence
from pathlib import Path

from data_builders.smic.layout import CODES, RAW, ClipName
from data_builders.synthetic.look_alikes.film import Style
from data_builders.synthetic.look_alikes.smic_clip import (
    CROPPED_GAPS,
    VIS_FROM,
    Trees,
    write_recording,
    write_strays,
)
from data_builders.synthetic.look_alikes.smic_long import (
    LONG_HEADER,
    LONG_PARTS,
    LOST,
    SHARED,
    recordings,
    write_long_workbook,
)
from data_builders.synthetic.whole import refuse_filled
from data_builders.synthetic.writing import Quirks, write_clips, write_marker
from mol_jax.errors import UserError

__all__ = ["CROPPED_GAPS", "LONG_HEADER", "LOST", "SHARED", "clip_names", "write_tree"]

# Clips of each subject: negative, positive, surprise.
COUNTS: dict[int, tuple[int, int, int]] = {
    **{1: (3, 2, 1), 2: (0, 1, 5), 3: (22, 11, 6), 4: (10, 4, 5), 5: (1, 0, 1), 6: (2, 0, 2)},
    **{8: (9, 4, 0), 9: (0, 1, 3), 11: (3, 3, 1), 12: (0, 8, 1), 13: (0, 10, 0), 14: (3, 2, 5)},
    **{15: (1, 1, 2), 18: (2, 0, 5), 19: (0, 1, 1), 20: (14, 3, 5)},
}
DEFAULT_PARTS = ("raw", "cropped", "vis", "nir", "long")
PARTS = (*DEFAULT_PARTS, "vis_long", "nir_long")
SLOW = ("vis", "nir", "vis_long", "nir_long")
LONG, LONG_WORKBOOK = LONG_PARTS["long"]


def write_tree(
    root: Path,
    *,
    subjects: Sequence[int] = tuple(COUNTS),
    clips: int | None = None,
    frames: tuple[int, int] = (10, 16),
    faces: bool = True,
    seed: int = 0,
    parts: Sequence[str] = DEFAULT_PARTS,
    doubled: bool = True,
    image_size: int | None = None,
    quirks: bool = True,
    workers: int = 1,
) -> Path:
    """Writes the look-alike; returns `root`.

    Args:
      root: a folder that does not exist yet, or is empty.
      subjects: of `COUNTS`.
      clips: the most of each subject, None for all.
      frames, faces, seed, image_size: see `film.Style`.
      parts: which trees, of `PARTS`.
      doubled: the raw frames lie one folder down, as archives often unpack.
      quirks: False for none.
      workers: processes.
    """
    refuse_filled(root)
    _check(subjects, parts, frames, clips)
    if set(parts) <= set(SLOW):
        subjects = [subject for subject in subjects if subject >= VIS_FROM]
    names, style = clip_names(subjects, clips), Style(frames, faces, seed, image_size)
    raw, planted = root / RAW / RAW if doubled else root / RAW, Quirks(wanted=quirks)
    people = itertools.groupby(names, key=lambda name: name.subject)
    written = write_clips(
        functools.partial(write_recording, Trees(root, raw, tuple(parts)), style),
        [recordings(list(own)) for _, own in people],
        planted,
        workers=workers,
    )
    if "raw" in parts:
        write_strays(raw / "HS", names[0], planted)
    root.mkdir(parents=True, exist_ok=True)
    for part in (part for part in LONG_PARTS if part in parts):
        rows = [row for of_part in written for row in of_part[part]]
        write_long_workbook(root / LONG_PARTS[part][1], rows, planted)
    counts = (len(subjects), len(names))
    write_marker(root, "smic", style, planted, counts, parts=list(parts))
    return root


def _check(
    subjects: Sequence[int], parts: Sequence[str], frames: tuple[int, int], clips: int | None
) -> None:
    unknown = [*(s for s in subjects if s not in COUNTS), *(p for p in parts if p not in PARTS)]
    repeated = len({*subjects, *parts}) < len(subjects) + len(parts)
    if unknown or repeated or not subjects or not 4 <= frames[0] <= frames[1] <= 200:
        raise UserError(
            f"subjects, parts and frames are {list(subjects)}, {list(parts)} and {list(frames)}; "
            f"need some of {list(COUNTS)}, of {list(PARTS)}, each once, and from 4 to 200 frames."
        )
    if set(parts) <= set(SLOW) and max(subjects) < VIS_FROM:
        raise UserError(
            f"parts are {list(parts)} and subjects {list(subjects)}; VIS and NIR filmed those from "
            f"{VIS_FROM} on: add one of them, or another part."
        )
    if clips is not None and clips < 1:
        raise UserError(f"clips is {clips}; it must be 1 or more.")


def clip_names(subjects: Sequence[int], clips: int | None = None) -> list[ClipName]:
    """The HS clips: of each subject all, or the first few with the classes in turn."""
    names = []
    for subject in subjects:
        own = [
            ClipName(subject, code, index + 1)
            for code, count in zip(CODES, COUNTS[subject], strict=True)
            for index in range(count)
        ]
        names += own if clips is None else sorted(own, key=lambda name: name.index)[:clips]
    return names
