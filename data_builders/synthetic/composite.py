"""MEGC 2019's composite, generated: its three look-alikes drawn and built by one command.

    python -m data_builders.synthetic.composite --out=data/generated_composite
    python -m data_builders.synthetic.composite --out=data/generated_composite_288 \\
        --size=288 --frames=16,24                      # for configs/networks/frl_dgt.py
    python -m data_builders.synthetic.composite --out=data/generated_composite_t8 \\
        --frames=16,24 --sample=8                      # for configs/networks/cnn_lstm.py

The folder is a data_dir: `--config.data.dir=data/generated_composite --config.data.frames=2` is
all that a config of the composite then needs. It holds the 442 clips of 68 people, of each person
as many of each class as published; the command counts them. Stopped or killed, it goes on.
"""

import dataclasses
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_builders.annotations.annotation import GENERATED_MARKER, read_marker
from data_builders.build import build
from data_builders.disk.processes import default_workers
from data_builders.records.load import open_dataset
from data_builders.records.record import FRAMES as SAMPLES
from data_builders.records.record import RecordSettings
from data_builders.synthetic.drawing.identity import HEIGHT
from data_builders.synthetic.look_alikes.known import LOOK_ALIKES, arguments_of
from data_builders.synthetic.whole import place, whole
from data_builders.views.composite import parts_of
from data_builders.views.find import get_view
from data_builders.views.published import EXACT, Counts, differences
from data_builders.views.view import COMPOSITE, View
from mol_jax.errors import Parser, UserError, exit_code, leave

NAME = "megc2019"
RAW = "raw"  # the folder, beside the built datasets, of the three look-alikes
SIZE = 144  # px of the aligned image
SAMPLE = 2  # t, frames of a record's sample: onset and apex
# Clips are short where only onset and apex are seen. Two frames from the apex of a clip of 6 to 9
# frames a third of the motion is left, of one of 16 to 24 nine tenths.
FRAMES = (6, 9)
# An aligned image shows 180 to 210 of the 340 px of an image's height as drawn, so 127 to 146 of
# 240 px: enough for one of 144 px. One of 288 px is enlarged from all that there is.
SMALL_DRAWING = 240  # px
# Oddities are for readers: without them an apex is where the motion is largest.
DRAWN: dict[str, Any] = {"no_quirks": True}
TREES = {
    "casme2": ("raw_selected",),
    "smic": ("raw",),
}  # those that are built, where there are more
SHOWN = 4  # counts that differ


@dataclasses.dataclass(frozen=True)
class Drawing:
    """What the images of the three look-alikes depend on, beside what is the same for all.

    seed: of faces and motions. frames: range of a clip's length. image_size: height in px.
    """

    seed: int = 0
    frames: tuple[int, int] = FRAMES
    image_size: int = SMALL_DRAWING

    def shows(self, other: Mapping[str, Any]) -> bool:
        """Tells whether images drawn as `other` says are these, or the same ones larger."""
        same = other.get("seed") == self.seed and other.get("frames") == list(self.frames)
        return same and (other.get("image_size") or 0) >= self.image_size


def make(
    out: str | Path,
    *,
    seed: int = 0,
    size: int = SIZE,
    frames: tuple[int, int] = FRAMES,
    sample: int = SAMPLE,
    workers: int | None = None,
) -> dict[str, Counts]:
    """Draws and builds what is missing of the three; returns the clips of each subject and class.

    Each of the three trees in OUT/raw, and each built dataset, appears when it is complete. A
    folder may hold builds of several sizes, if the largest was the first.

    Args:
      out: the data_dir; new, or one that this function has begun with the same seed and frames.
      seed: of faces and motions.
      size: S, side of the aligned image in px, a multiple of 72.
      frames: range of a clip's length.
      sample: t, how many of its frames a record shows, one of 2, 4, 8, 10, 16.
      workers: processes, None for one a core.

    Raises:
      UserError: for bad input, or if the clips are not those published, as where no face was found.
    """
    folder, settings = place(out), RecordSettings(frames=sample, size=size)
    drawing = Drawing(seed, frames, drawn_height(size))
    for part in parts():
        _arguments(part.dataset, drawing, workers)  # what is refused is so before the first
    found = {}
    for part in parts():
        source = folder / RAW / part.dataset
        draw(part.dataset, source, drawing, workers=workers)
        build(part.dataset, source, data_dir=folder, frames=sample, size=size, workers=workers)
        records, _ = open_dataset(part.dataset, folder, settings.config_name)
        found[part.dataset] = count(part, records)
        check(part, found[part.dataset], folder)
    return found


def parts() -> tuple[View, ...]:
    """The composite's view of each of the three datasets."""
    return parts_of(get_view(COMPOSITE, NAME))


def drawn_height(size: int) -> int:
    """Height in px of the images to draw for aligned ones of `size` px: all there is above 144."""
    return SMALL_DRAWING if size <= SIZE else HEIGHT


def draw(dataset: str, folder: Path, drawing: Drawing, *, workers: int | None) -> None:
    """Draws the look-alike of a dataset, unless it has been drawn before.

    Raises:
      UserError: if the folder holds something else, as one drawn with another seed.
    """
    arguments = _arguments(dataset, drawing, workers)
    if place(folder).exists():
        _refuse_other(folder, drawing)
        return
    with whole(folder) as tree:
        LOOK_ALIKES[dataset].write(tree, **arguments)


def _arguments(dataset: str, drawing: Drawing, workers: int | None) -> dict[str, Any]:
    """The arguments of a look-alike's writer. Raises UserError for one that is out of range."""
    options = DRAWN | dataclasses.asdict(drawing)
    options["workers"] = default_workers() if workers is None else workers
    if dataset in TREES:
        options["trees"] = TREES[dataset]
    return arguments_of(dataset, options)


def _refuse_other(folder: Path, drawing: Drawing) -> None:
    marker = (read_marker(folder) or {}) if (folder / GENERATED_MARKER).is_file() else {}
    if not drawing.shows(marker):
        asked = dataclasses.asdict(drawing)
        there = {name: marker.get(name) for name in asked}
        raise UserError(
            f"{folder} was drawn with {json.dumps(there)}, and {json.dumps(asked)} is asked: "
            "choose another --out, or remove it and what was built of it"
        )


def count(part: View, records: Iterable[Mapping[str, Any]]) -> Counts:
    """How many of a dataset's records are of each subject and class."""
    labelled = ((record["subject"], part.label(record)) for record in records)
    return Counter((subject, label) for subject, label in labelled if label is not None)


def check(part: View, found: Counts, folder: Path) -> None:
    """Raises UserError where the clips are not those published for each subject and class."""
    differ = differences(EXACT[part.dataset, part.name], found)
    if differ:
        more = f" and {len(differ) - SHOWN} more" if len(differ) > SHOWN else ""
        raise UserError(
            f"{folder / part.dataset} has not the published clips: {', '.join(differ[:SHOWN])}"
            f"{more}; see what its build says was skipped, and choose another --seed and --out"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; the same command goes on")


def _run(arguments: Sequence[str] | None) -> int:
    options = vars(_parser().parse_args(arguments))
    start = time.monotonic()
    found = make(**options)
    for dataset, counts in found.items():
        print(f"{dataset}: {_line(counts)}")
    together = {
        (f"{dataset}/{subject}", name): number
        for dataset, counts in found.items()
        for (subject, name), number in counts.items()
    }
    print(f"together {_line(together)}, of each person as many of each class as published")
    size = options["size"]
    crop = f" --config.data.crop={size * 8 // 9}" if size != SIZE else ""
    print(f"in {options['out']}, {time.monotonic() - start:.0f} s")
    print(
        "try next: python -m mol_jax.floor --config=configs/composite.py "
        f"--config.data.frames={options['sample']}{crop} --config.data.dir={options['out']}"
    )
    return 0


def _line(counts: Counts) -> str:
    """As '145 clips of 24 people: 88 negative, 32 positive, 25 surprise'."""
    classes: Counter[str] = Counter()
    for (_, name), number in counts.items():
        classes[name] += number
    people = len({person for person, _ in counts})
    held = ", ".join(f"{classes[name]} {name}" for name in sorted(classes))
    return f"{classes.total()} clips of {people} people: {held}"


def _parser() -> Parser:
    parser = Parser(
        prog="python -m data_builders.synthetic.composite",
        description="Draws and builds MEGC 2019's composite: 442 generated clips of 68 people.",
    )
    add = parser.add_argument
    add("--out", default="data/generated_composite", help="a data_dir of its own (%(default)s)")
    add("--seed", type=int, default=0, help="of faces and motions (%(default)s)")
    add("--size", type=int, default=SIZE, help="side of the aligned image, px (%(default)s)")
    low, high = FRAMES
    add("--frames", type=_range, default=FRAMES, help=f"range of a clip's length ({low},{high})")
    words = "frames that a record shows, 2 for onset and apex (%(default)s)"
    add("--sample", type=int, choices=SAMPLES, default=SAMPLE, help=words)
    add("--workers", type=int, help="processes (one a core)")
    return parser


def _range(text: str) -> tuple[int, int]:
    low, high = map(int, text.split(","))
    return low, high


_range.__name__ = "low,high"  # as argparse calls it where it cannot be read


if __name__ == "__main__":
    leave(main())
