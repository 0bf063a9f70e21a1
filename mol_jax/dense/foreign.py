"""Somebody else's flow and landmarks for a run's own pairs, read and matched; nothing is guessed.

Flow is one file for each pair, DATASET/SUBJECT/CLIP/pair1.flo (or .npy) below a folder, named as
`mol_jax.dense.export` writes its index. Landmarks are one CSV file of one line for each point:
dataset,subject,clip,frame,point,x,y. Frame k, from 1 to t−1, is the second frame of pair k; points
are dlib's 0 to 67; x and y are px of the crop, (0, 0) the centre of its top left pixel.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from mol_jax.dense.flo import SUFFIXES, read_flow
from mol_jax.dense.videos import Key, Video, place
from mol_jax.errors import UserError
from mol_jax.files.cells import Cells, Table
from mol_jax.text.words import shortened

POINTS = 68
COLUMNS = ("dataset", "subject", "clip", "frame", "point", "x", "y")
FURTHEST = 4  # crops: a point further off than this many sides is in other units
NARROWEST = 2  # px: no face is so small, but all are in shares of the crop, 0 to 1


def pair_file(key: Key, pair: int, suffix: str = ".flo") -> Path:
    """Returns the file of a pair's flow, from 1 on, below the folder that holds all of them."""
    return place(key) / f"pair{pair}{suffix}"


def read_flows(folder: Path, videos: Sequence[Video]) -> Iterator[np.ndarray]:
    """Yields the flow of each video, float32 [t-1, H, W, 2] px.

    All names are checked before the first file is read. Raises UserError for a pair without a file
    or with two, a file of no pair, and whatever `read_flow` refuses.
    """
    if not folder.is_dir():
        raise UserError(f"--flow={folder} is no folder; give the one with a file for each pair.")
    there = {path.relative_to(folder) for path in folder.rglob("*") if path.suffix in SUFFIXES}
    files = [[_file_of(folder, there, v.key, k + 1) for k in range(len(v.flow))] for v in videos]
    extra = sorted(map(str, there - {path for of in files for path in of}))
    if extra:
        raise UserError(
            f"{folder} has flow of no pair of this run: {shortened(extra, shown=3, between=', ')}; "
            "take it out, or score the run that it is of."
        )
    return (
        np.stack([read_flow(folder / path, v.flow.shape[1]) for path in of])
        for v, of in zip(videos, files, strict=True)
    )


def _file_of(folder: Path, there: set[Path], key: Key, pair: int) -> Path:
    found = [path for s in SUFFIXES if (path := pair_file(key, pair, s)) in there]
    if len(found) > 1:
        raise UserError(f"{folder} has both {found[0]} and {found[1]}; keep one of them.")
    if not found:
        raise UserError(
            f"{folder} has no {pair_file(key, pair)} (nor .npy): the run is scored on every pair, "
            f"and {len(there)} files are there; see index.csv of the export."
        )
    return found[0]


def read_landmarks(path: Path, videos: Sequence[Video]) -> list[np.ndarray]:
    """Returns the landmarks of each video, float32 [t-1, 68, 2] px.

    Raises UserError, with the line, for a cell that is wrong or there twice, a video or frame that
    is not the run's, for points that are not there, and for such as are not px.
    """
    table = Table(path)
    table.require(*COLUMNS)
    found = {v.key: np.full((len(v.flow), POINTS, 2), np.nan, np.float32) for v in videos}
    sizes = {v.key: v.flow.shape[1] for v in videos}
    for cells in table:
        key = _key(cells, found)
        frame, point = _frame(cells, len(found[key])), _point(cells)
        if not np.isnan(found[key][frame - 1, point]).all():
            raise cells.fail("point", f"point {point} of frame {frame} again", "one line each")
        found[key][frame - 1, point] = [_place(cells, axis, sizes[key]) for axis in "xy"]
    for key, points in found.items():
        _refuse_absent(path, key, points)
    _refuse_shares(path, list(found.values()), max(sizes.values()))
    return list(found.values())


def _key(cells: Cells, known: dict[Key, np.ndarray]) -> Key:
    key = cells.text("dataset"), cells.text("subject"), cells.text("clip")
    if key not in known:
        raise cells.fail(
            "clip", repr("/".join(key)), f"one of the run's {len(known)} held-out videos"
        )
    return key


def _frame(cells: Cells, pairs: int) -> int:
    frame = cells.whole("frame")
    if not 1 <= frame <= pairs:
        onset = " (0 would be the onset, of which nothing is predicted)" if frame == 0 else ""
        raise cells.fail("frame", f"{frame}{onset}", f"1 to {pairs}, the second frame of each pair")
    return frame


def _point(cells: Cells) -> int:
    point = cells.whole("point")
    if not 0 <= point < POINTS:
        counted = ": count from 0, not from 1" if point == POINTS else ""
        raise cells.fail("point", str(point), f"0 to 67, dlib's 68 points{counted}")
    return point


def _place(cells: Cells, axis: str, size: int) -> float:
    value = cells.real(axis)
    if abs(value) > FURTHEST * size:
        raise cells.fail(axis, f"{value:g}", f"px of the crop, which is {size} px wide")
    return value


def _refuse_shares(path: Path, landmarks: Sequence[np.ndarray], size: int) -> None:
    """Raises UserError where all points of all videos lie within a px or two of each other."""
    every = np.concatenate([points.reshape(-1, 2) for points in landmarks])
    low, high = every.min(0), every.max(0)
    if (high - low).max() < NARROWEST:
        raise UserError(
            f"{path} has all its points at x {low[0]:g} to {high[0]:g} and y {low[1]:g} to "
            f"{high[1]:g}; expected px of the crop, which is {size} px wide: are these shares of "
            "its side? Multiply them by it."
        )


def _refuse_absent(path: Path, key: Key, points: np.ndarray) -> None:
    """Raises UserError where a frame or point of a video has no line."""
    absent = np.argwhere(np.isnan(points[..., 0]))
    if len(absent):
        frame, point = absent[0]
        raise UserError(
            f"{path} lacks {len(absent)} of {points.shape[0] * POINTS} points of {'/'.join(key)}, "
            f"the first of them point {point} of frame {frame + 1}; every one is scored."
        )
