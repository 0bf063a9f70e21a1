"""A run's held-out pairs as somebody else's input: PNG pictures, an index, and the conventions."""

from collections.abc import Sequence
from pathlib import Path

import cv2

from data_builders.records.gallery import MARKER, WARNING
from mol_jax.dense import output
from mol_jax.dense.foreign import pair_file
from mol_jax.dense.videos import Video, place
from mol_jax.files.whole import write_bytes, write_table, write_text
from mol_jax.scoring import mark

HEADER = (
    "dataset", "subject", "clip", "pair", "first", "second", "flow", "first_frame", "second_frame",
)  # fmt: skip

README = """# Pairs of frames of {run}
{generated}
{count} pairs of {videos} videos, the ones that this run was tested on: centre crops of {crop} px,
grey, aligned as for training. index.csv has a line for each pair.
{people}
Optical flow. Give one file for each pair, named in the column `flow`, below one folder: a
Middlebury .flo file, or the same name with .npy, an array [{crop}, {crop}, 2]. The flow goes from
the first frame to the second, (u, v) in px of the crop, u to the right and v down:
second(x + u, y + v) shows what first(x, y) shows. A network that takes larger pictures must give
its flow at {crop} px again, with its vectors divided by the same factor.

Landmarks. Give one CSV file with the columns dataset,subject,clip,frame,point,x,y: frame k is the
second frame of pair k, point 0 to 67 as dlib numbers them, x and y px of the crop, (0, 0) being
the centre of its top left pixel.

    python -m mol_jax.dense score {run} --flow=FOLDER --landmarks=FILE.csv

Errors are taken against {flow} flow and dlib's landmarks, which are what the run was trained on.
They are no measurement of the truth.
"""
PEOPLE = f"""
The pictures show people. The dataset's licence says who may see them; see {MARKER}.
"""


def write(
    folder: Path, run: Path, videos: Sequence[Video], *, generated: bool, flow: str
) -> tuple[int, Path]:
    """Writes the pairs below a new folder; returns how many there are, and the index.

    run: its workdir, which may be shared and which the pictures must not get into. generated:
    whether nobody is shown. flow: what the targets were found by.

    Raises UserError for a folder inside of a workdir, or one that is not empty.
    """
    check_place(folder, run)
    names = [video.name for video in videos]
    if not generated:
        write_text(folder / MARKER, WARNING)  # before the pictures
    marks = mark.cells(names)
    lines = [
        [*line, *map(str, marked)]
        for video, marked in zip(videos, marks, strict=True)
        for line in _write_video(folder, video)
    ]
    index = folder / "index.csv"
    write_table(index, (*HEADER, *mark.header(names)), lines)
    drawn = mark.sentence({"n_clips": len(names), **mark.counted(names)})
    text = README.format(
        run=run,
        count=len(lines),
        videos=len(videos),
        crop=videos[0].flow.shape[1],
        generated=f"\n**{drawn}**\n" if drawn else "",
        people="" if generated else PEOPLE,
        flow=flow,
    )
    write_text(folder / "README.md", text)
    return len(lines), index


def check_place(folder: Path, run: Path) -> None:
    """Raises UserError for a folder that `write` would refuse, before the data is read."""
    output.refuse_inside_a_run(folder, run)
    output.check_new(folder)


def _write_video(folder: Path, video: Video) -> list[list[str]]:
    """Writes the crops of a video, each frame once; returns its lines of the index."""
    crops = video.crops
    files = [place(video.key) / f"frame{k}.png" for k in range(len(crops))]
    for file, picture in zip(files, crops, strict=True):
        write_bytes(folder / file, cv2.imencode(".png", picture)[1].tobytes())
    numbers = [f"{number:g}" for number in video.numbers]
    return [
        [
            *video.key, str(k + 1), str(files[k]), str(files[k + 1]),
            str(pair_file(video.key, k + 1)), numbers[k], numbers[k + 1],
        ]
        for k in range(len(crops) - 1)
    ]  # fmt: skip
