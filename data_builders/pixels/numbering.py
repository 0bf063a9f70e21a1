"""Which number in the names of a folder's images is the frame's: decided once for the folder.

It is the run of digits that differs from image to image, since prefix, padding and what follows
vary between datasets: cam2_f0001_v3.png, 006_04100.jpg, img_001_640x480.png.
"""

import collections
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from data_builders.pixels.images import is_image
from mol_jax.errors import UserError

LARGEST_NUMBER = 10**18  # of a frame: below 2^63
# What Windows and macOS call a copy of img46.jpg: its last number is not the frame's.
COPY = re.compile(r"(.*\d)(?: ?\(\d+\)| - Copy \(\d+\)| \d{1,2})")
# What stands before a frame's number, where several numbers could be it.
NAMED = re.compile(r"(^|[^a-z])(frames?|frm|img|images?|pic|picture)[^a-z]*$")

Kind = tuple[str, ...]  # the texts of a name between its runs of digits


def number_images(files: Iterable[Path]) -> dict[int, Path]:
    """Maps frame number to image file, in ascending order.

    Hidden files, files that are no image and images without a number are left out.

    Raises:
      UserError: if two images carry the same number, one is a copy of another, two numbers of the
        names could be the frame's, or one has more than 18 digits.
    """
    files = sorted(files)
    images = [file for file in files if is_image(file) and re.search(r"\d", file.stem)]
    _refuse_copies(images, {file.name for file in files})
    kinds: dict[Kind, list[Path]] = collections.defaultdict(list)
    for file in images:
        kinds[_kind(file)].append(file)
    places = _places(kinds)
    found: dict[int, Path] = {}
    for file in images:
        number = numbers(file)[places[_kind(file)]]
        if number >= LARGEST_NUMBER:
            raise UserError(f"{file} is numbered {number}: rename the images to 18 digits at most")
        if number in found:
            raise _two_for_one(number, found[number], file)
        found[number] = file
    return dict(sorted(found.items()))


def numbers(file: Path) -> list[int]:
    """The numbers in a file's name, without its suffix."""
    return [int(digits) for digits in re.findall(r"\d+", file.stem)]


def _kind(file: Path) -> Kind:
    return tuple(re.split(r"\d+", file.stem.casefold()))


def _places(kinds: Mapping[Kind, Sequence[Path]]) -> dict[Kind, int]:
    """For the names of each kind which of their numbers is the frame's, counted from 0."""
    decided = {
        kind: _place(kind, files)
        for kind, files in kinds.items()
        if len(files) > 1 or len(kind) == 2
    }
    # A single name of its kind is read as its fellows are: frame_100_x2 beside frame_1, frame_2.
    words = {kind[place] for kind, place in decided.items()} - {""}
    for kind in kinds.keys() - decided.keys():
        like = [place for place, word in enumerate(kind[:-1]) if word in words]
        decided[kind] = like[0] if len(like) == 1 else len(kind) - 2
    return decided


def _place(kind: Kind, files: Sequence[Path]) -> int:
    """Which number tells these files apart.

    Raises:
      UserError: if several do that, and differ, and none of them counts in even steps, or if it
        counts anew where a number before it goes on, as milliseconds do in each second.
    """
    place = _telling(kind, files)
    before = {tuple(numbers(file)[:place]) for file in files}
    # Where each image has its own there, it is another number, such as a score.
    if 1 < len(before) < len(files) and not NAMED.search(kind[place]):
        for one, other in itertools.pairwise(sorted(files, key=numbers)):
            if numbers(other)[place] <= numbers(one)[place]:
                raise _begins_again(one, other, place)
    return place


def _telling(kind: Kind, files: Sequence[Path]) -> int:
    """As `_place`, without a look at the numbers before it."""
    columns = list(zip(*map(numbers, files), strict=True))
    telling = [place for place, column in enumerate(columns) if len(set(column)) == len(files)]
    varies = [place for place, column in enumerate(columns) if len(set(column)) > 1]
    called = [place for place in varies if NAMED.search(kind[place])]
    if not telling:  # two images have one number, which the caller says
        return max(called or range(len(columns)), key=lambda p: (len(set(columns[p])), p))
    alike = {columns[place]: place for place in telling}  # img7_frame7: one or the other
    if len(alike) == 1 and (not called or set(called) & set(telling)):
        return telling[-1]
    for few in (
        [place for place in alike.values() if place in called],
        [place for place in alike.values() if not called and _counts(columns[place])],
    ):
        if len(few) == 1:
            return few[0]
    raise _several(files, sorted({*alike.values(), *called}))


def _several(files: Sequence[Path], places: Sequence[int]) -> UserError:
    one, other = min(files, key=numbers), max(files, key=numbers)
    readings = " or ".join(str(numbers(one)[place]) for place in places)
    return UserError(
        f"{one.parent} has images with several numbers that could be the frame's: {one.name} may "
        f"be frame {readings}, and so with {other.name}; rename the images so that one number "
        "tells them apart, such as img001.png, img002.png"
    )


def _begins_again(one: Path, other: Path, place: int) -> UserError:
    return UserError(
        f"{one.parent} has images whose number begins again where one before it goes on: "
        f"{one.name} would be frame {numbers(one)[place]} and {other.name}, which follows, frame "
        f"{numbers(other)[place]}; where they are of several clips, move those of each to a folder "
        "of its own, else rename the images to count the frames, such as img001.png"
    )


def _counts(column: Sequence[int]) -> bool:
    """Whether numbers, in their order, are evenly spaced; two of them always would be."""
    steps = {after - before for before, after in itertools.pairwise(sorted(column))}
    return len(steps) == 1 and (len(column) > 2 or steps == {1})


def _refuse_copies(images: Iterable[Path], names: set[str]) -> None:
    for file in images:
        copy = COPY.fullmatch(file.stem)
        if copy and copy[1] + file.suffix in names:
            raise UserError(
                f"{file} seems to be a copy of {copy[1]}{file.suffix}: move it out of the folder, "
                "or rename it if it is a frame of its own"
            )


def _two_for_one(number: int, one: Path, other: Path) -> UserError:
    if one.stem == other.stem:
        advice = f"move the {other.suffix} images, or the {one.suffix} images, to another folder"
    elif re.sub(r"\d+", "", one.stem) == re.sub(r"\d+", "", other.stem) and (
        numbers(one) != numbers(other)
    ):
        advice = (
            "where they belong to two clips, or show two people, move those of one to another "
            "folder; else rename them to count the frames, such as img001.png"
        )
    else:
        advice = "move one of them to another folder, or give it a number of its own"
    return UserError(
        f"{one.parent} has two images for frame {number}, {one.name} and {other.name}: {advice}"
    )
