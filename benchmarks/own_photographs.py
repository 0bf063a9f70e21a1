"""A folder of "own recordings" made of real photographs, to try settings on before there are any.

    pip install scikit-image
    python -m benchmarks.own_photographs --out=photographs
    python -m data_builders.build folder --source=photographs --frames=2 --size=72
    python -m mol_jax.main --config=configs/folder_small.py --workdir=runs/folder_small

The photographs are those of two women that Python packages ship, both in the public domain: NASA's
of Eileen Collins (scikit-image) and the US Navy's of Grace Hopper (matplotlib). They are read from
the installed packages, and the clips are for this trial: publish no face of them as somebody's.

A "person" is a photograph scaled, turned, mirrored, pushed into a slightly different shape and
given other light and colours. A clip is that picture moved by the action units of an emotion, from
nothing at the onset to 2 to 4 px of a 340 px image at the apex, with the head's own small motion,
flickering light and noise (`data_builders.synthetic` moves its drawings so). The skin is real; the
people differ less than ten people do, and no real micro-expression is this regular.
"""

import csv
import dataclasses
import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.pixels.faces import Detector, DlibDetector, packaged_predictor
from data_builders.synthetic.drawing import clip as moving
from data_builders.synthetic.drawing.action_units import Pushes
from data_builders.synthetic.drawing.canvas import SCALE
from data_builders.synthetic.drawing.face import Face
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH, draw
from data_builders.synthetic.look_alikes.film import write_image
from data_builders.synthetic.whole import place, refuse_filled, whole
from mol_jax.errors import Parser, UserError, exit_code, leave

PHOTOGRAPHS = {  # of one face each, in an installed package
    "scikit-image": ("skimage", "data/astronaut.png"),
    "matplotlib": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}
EMOTIONS = ("happiness", "surprise", "disgust")
AMPLITUDE = (2.0, 4.0)  # px, the peak displacement of the 280×340 image
FRAMES = (8, 12)  # of a clip
ANCHORS = (4, 12, 8, 19, 24, 33, 48, 54)  # landmarks about which a face's shape is changed
RESHAPED = 4.0  # px of such a change at most, about as much as faces of one family differ


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; nothing was written.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(
        prog="python -m benchmarks.own_photographs", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--out", required=True, help="folder to write, which is not there yet")
    parser.add_argument("--people", type=int, default=10, help="(%(default)s)")
    parser.add_argument("--clips", type=int, default=6, help="of each person (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of all draws (%(default)s)")
    parser.add_argument(
        "--by_photograph", action="store_true", help="the subject is the photograph, not the person"
    )
    parser.add_argument("--only", choices=PHOTOGRAPHS, help="the photograph of one package alone")
    options = vars(parser.parse_args(arguments))
    out = place(options.pop("out"))
    refuse_filled(out)
    lines = write(out, photographs(options.pop("only")), **options)
    print(f"{lines} clips of {options['people']} people in {out}, labels in {out / 'labels.csv'}")
    return 0


def photographs(only: str | None = None) -> list[np.ndarray]:
    """Returns the photographs of the installed packages, RGB uint8.

    Raises UserError where one of the packages is not installed or ships no such file.
    """
    found = []
    for package in [only] if only else PHOTOGRAPHS:
        module, name = PHOTOGRAPHS[package]
        spec = importlib.util.find_spec(module)
        file = Path(spec.origin).parent / name if spec and spec.origin else None
        image = cv2.imread(str(file)) if file and file.is_file() else None
        if image is None:
            raise UserError(
                f"{package} with its photograph {name} is not installed, so there is no face to "
                f"move: pip install {package}, or take another one by --only"
            )
        found.append(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    return found


def write(
    out: Path,
    photos: Sequence[np.ndarray],
    *,
    people: int = 10,
    clips: int = 6,
    seed: int = 0,
    by_photograph: bool = False,
) -> int:
    """Writes people × clips clips and labels.csv into `out`; returns the number of clips.

    People take the photographs in turn, and clips the emotions. by_photograph: the table names the
    photograph as the subject, so that nobody is tested whose photograph was trained on. Raises
    UserError for numbers below 1, or where no face is found.
    """
    if min(people, clips) < 1 or seed < 0:
        raise UserError(
            f"got {people} people, {clips} clips and seed {seed}: expected at least 1, 1 and 0"
        )
    detector = DlibDetector(packaged_predictor())
    rows = []
    with whole(out) as tree:
        for person in range(people):
            face = person_of(photos, detector, seed, person)
            subject = f"photo{person % len(photos) + 1}" if by_photograph else _name(person)
            keys = [(seed, person, number) for number in range(clips)]
            rows += [[subject, *_write_clip(tree, face, key)] for key in keys]
        with open(tree / "labels.csv", "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["subject", "path", "label", "onset", "apex", "offset"])
            table.writerows(rows)
        # Every report on them then says that they are generated.
        marker = {"generator": "benchmarks.own_photographs", "people": people, "clips": clips}
        (tree / GENERATED_MARKER).write_text(json.dumps(marker | {"seed": seed}) + "\n")
    return len(rows)


def _name(person: int) -> str:
    return f"p{person + 1:02}"


def person_of(photos: Sequence[np.ndarray], detector: Detector, seed: int, person: int) -> Face:
    """Makes person number `person`, from 0. Raises UserError where no face is found."""
    rng = np.random.default_rng([seed, person])
    return portrait(photos[person % len(photos)], detector, rng)


def clip_of(face: Face, key: tuple[int, int, int]) -> moving.Clip:
    """Draws how a person moves in a clip. key: the seed, and the numbers of person and clip."""
    return moving.draw_clip(
        face,
        name=f"{_name(key[1])}/c{key[2] + 1:02}",
        emotion=EMOTIONS[key[2] % len(EMOTIONS)],
        amplitude=AMPLITUDE,
        frames=FRAMES,
        seed=key,
    )


def _write_clip(tree: Path, face: Face, key: tuple[int, int, int]) -> list:
    """Writes the frames of one clip; returns its line of labels.csv, without the subject."""
    drawn = clip_of(face, key)
    folder = tree / drawn.name
    folder.mkdir(parents=True)
    for index, number in enumerate(drawn.numbers):
        image = moving.frame(face, drawn, index)
        write_image(folder / f"img{number:03}.png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    first, last = drawn.numbers[0], drawn.numbers[-1]
    return [drawn.name, drawn.emotion, first, first + drawn.apex, last]


def portrait(photo: np.ndarray, detector: Detector, rng: np.random.Generator) -> Face:
    """Makes a person of a photograph [H, W, 3]. Raises UserError where no face is found in it."""
    if rng.random() < 0.5:
        photo = np.ascontiguousarray(photo[:, ::-1])
    brows = _landmarks(photo, detector)[[17, 26]]
    scale = rng.uniform(128, 142)
    to_photo = _placed(brows, scale, rng)
    rows, columns = np.mgrid[: HEIGHT * SCALE, : WIDTH * SCALE]
    grid = (np.stack([columns, rows], axis=-1) + 0.5) / SCALE - 0.5
    rigid = _remapped(photo, grid, to_photo)
    points = _landmarks(_smaller(rigid), detector)
    shape = Pushes(
        points[list(ANCHORS)].astype(float),
        rng.uniform(-RESHAPED, RESHAPED, (len(ANCHORS), 2)),
        np.full((len(ANCHORS), 2), 0.2 * scale),
    )
    image = _lit(_remapped(photo, grid + shape(grid), to_photo), rng)
    # Of an identity only the unit of length counts where a face is moved.
    who = dataclasses.replace(draw(0), scale=scale)
    return Face(who, image, _landmarks(_smaller(image), detector).astype(float))


def _placed(brows: np.ndarray, scale: float, rng: np.random.Generator) -> np.ndarray:
    """Returns [2, 3], from px of the clip's image to those of the photograph.

    brows: [2, 2], their outer ends there. scale: their distance here.
    """
    across = (brows[1] - brows[0]) / scale
    across *= rng.uniform(0.95, 1.05)
    turn = rng.normal(0, 0.03)
    cos, sin = np.cos(turn), np.sin(turn)
    x = np.array([[cos, -sin], [sin, cos]]) @ across
    y = np.array([-x[1], x[0]]) * rng.uniform(0.95, 1.05)
    middle = np.array([WIDTH / 2 + rng.uniform(-5, 5), rng.uniform(120, 134)])
    linear = np.stack([x, y], axis=1)
    return np.column_stack([linear, brows.mean(axis=0) - linear @ middle])


def _remapped(photo: np.ndarray, at: np.ndarray, to_photo: np.ndarray) -> np.ndarray:
    """Returns the photograph at points of the clip's image, float32 0 to 255."""
    x, y = np.moveaxis(at @ to_photo[:, :2].T + to_photo[:, 2], -1, 0).astype(np.float32)
    mapped = cv2.remap(photo, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return mapped.astype(np.float32)


def _lit(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the image in another light: a gamma and a gain of each colour."""
    gains = rng.uniform(0.8, 1.05) * rng.uniform(0.93, 1.07, 3)
    lit = 255 * (image / 255) ** rng.uniform(0.8, 1.25) * gains
    return np.clip(lit, 0, 255).astype(np.float32)


def _smaller(image: np.ndarray) -> np.ndarray:
    return cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _landmarks(image: np.ndarray, detector: Detector) -> np.ndarray:
    """Returns the landmarks [68, 2] of an RGB image."""
    found = detector(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    if found is None:
        raise UserError("no face is found in a photograph: take one that shows it from the front")
    return found


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
