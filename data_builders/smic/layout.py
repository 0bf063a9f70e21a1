"""Where SMIC's clips lie: three naming styles, several archives, one name for a clip in all."""

import dataclasses
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from data_builders.annotations import unpacked
from mol_jax.errors import UserError

RAW, CROPPED = "SMIC_all_raw", "SMIC_all_cropped"
CAMERAS = {"smic": "HS", "smic_vis": "VIS", "smic_nir": "NIR"}
LONG_CAMERAS = {"smic_hs_e": "HS", "smic_vis_e": "VIS", "smic_nir_e": "NIR"}
CODES = {"ne": "negative", "po": "positive", "sur": "surprise"}
EXAMPLE = "s1/micro/negative/s1_ne_01/image<N>.bmp"
EMOTIONS = tuple(CODES.values())
DEPTH = 5  # folders from the source to a subject's: archives unpack one into another


@dataclasses.dataclass(frozen=True)
class ClipName:
    """What a clip's name says: s3_sur_01 and s03_sur_1 are subject 3, surprise, the first."""

    subject: int
    code: str
    index: int

    @classmethod
    def parse(cls, text: str) -> "ClipName | None":
        """The name a folder or a cell holds, None where that is none."""
        pattern = r"s(\d{1,4})_(ne|po|sur)_(\d{1,4})"
        match = re.fullmatch(pattern, text.strip().lower(), re.ASCII)
        return cls(int(match[1]), match[2], int(match[3])) if match else None

    @property
    def emotion(self) -> str:
        """negative, positive or surprise."""
        return CODES[self.code]

    def __str__(self) -> str:
        return f"s{self.subject}_{self.code}_{self.index:02d}"


def subject_number(text: str) -> int | None:
    """3 for '3', 's3', 's03' and 'S3', None for anything else."""
    match = re.fullmatch(r"s?(\d{1,4})", text.strip().lower(), re.ASCII)
    return int(match[1]) if match else None


def subject_folders(folder: Path) -> list[Path]:
    """The folders s1, s02, … in `folder`, in the order of the subjects."""
    found = [f for f in subfolders(folder) if f.name[0] in "sS" and subject_number(f.name)]
    return sorted(found, key=lambda f: (subject_number(f.name), f.name))


def subfolders(folder: Path) -> list[Path]:
    """Folders in `folder` by name, without hidden ones and the __MACOSX of a Mac's archive."""
    shown = (f for f in folder.iterdir() if not f.name.startswith((".", "__")))
    return sorted(f for f in shown if f.is_dir())


def folders(source: Path, depth: int = DEPTH) -> Iterator[Path]:
    """`source` and the folders in it, down to those that hold the subjects' folders."""
    yield source
    if depth:
        subjects = subject_folders(source)
        for folder in subfolders(source):
            # Also where there are subjects: a stray s99 may lie beside an archive's folder.
            if folder not in subjects:
                yield from folders(folder, depth - 1)


def short_root(source: Path, camera: str) -> Path:
    """The folder HS, VIS or NIR that holds s1, s2, …; the raw frames where cropped are there too.

    Raises:
      UserError: if there is none, or more than one.
    """
    found = _roots(source, lambda name: name == camera.lower())
    raw = [root for root in found if not _is_cropped(root)]
    return _only(raw or found, source, f"{camera} frames", f"{RAW}/{camera}/{EXAMPLE}")


def long_root(source: Path, camera: str) -> Path:
    """The folder of HS-E, VIS-E or NIR-E that holds s01, s02, …

    Raises:
      UserError: if there is none, or more than one.
    """
    names = (f"smic_{camera.lower()}_e", f"{camera.lower()}_long")
    found = _roots(source, lambda name: name in names)
    expected = f"SMIC-E_raw image/{camera}_long/SMIC-{camera}-E/s11/s11_ne_01/image<N>.jpg"
    return _only(found, source, f"long {camera}-E frames", expected)


def long_workbook(source: Path, camera: str) -> Path:
    """The annotation workbook of HS-E, VIS-E or NIR-E, anywhere above the subjects.

    Its name varies by release.

    Raises:
      UserError: if there is none, or more than one.
    """
    named = f"smic_{camera.lower()}_e_annotation"
    files = [f for folder in folders(source) for f in sorted(folder.iterdir()) if f.is_file()]
    found = [file for file in files if _plain(file.name).startswith(named)]
    read = [file for file in found if file.suffix.lower() in unpacked.READ]
    others = [file for file in found if file.suffix.lower() in unpacked.OTHER]
    if others and not read:
        raise unpacked.other_kind(others[0])
    return _only(read, source, f"annotation of {camera}-E", f"SMIC-{camera}-E_annotation.xlsx")


def _roots(source: Path, named: Callable[[str], bool]) -> list[Path]:
    """Folders of that name with subjects in them; only those with clips, where any has some."""
    # absolute: the source may be that folder itself, and be given as '.'.
    found = [f for f in folders(source) if named(_plain(f.absolute().name)) and subject_folders(f)]
    return [folder for folder in found if _holds_clips(folder)] or found


def _holds_clips(root: Path) -> bool:
    """Whether a subject's folder holds a clip's, as long clips lie, or micro/<emotion> does."""
    inside = [below for subject in subject_folders(root) for below in subfolders(subject)]
    deeper = (clip for below in inside for clip in below.glob("*/*"))
    return any(ClipName.parse(folder.name) for folder in itertools.chain(inside, deeper))


def _is_cropped(root: Path) -> bool:
    return any(_plain(part) == CROPPED.lower() for part in root.absolute().parts)


def _plain(name: str) -> str:
    return re.sub(r"[-\s]", "_", name.strip().lower())


def _only(found: list[Path], source: Path, what: str, expected: str) -> Path:
    if not found:
        raise UserError(f"{source} holds no {what}, expected {expected}: check --source")
    if len(found) > 1:
        named = " and ".join(str(path) for path in found[:2])
        raise UserError(f"{source} holds {what} twice, {named}: move the wrong one away")
    return found[0]
