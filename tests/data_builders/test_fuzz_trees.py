"""Folders spoilt at random: every reader gives a usable annotation or one sentence."""

import contextlib
import functools
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from data_builders.annotations.annotation import AnnotatedSource
from data_builders.pixels import frames
from mol_jax.errors import UserError
from tests.data_builders.test_fuzz_workbooks import check, check_sentence
from tests.data_builders.test_hostile_files import SOURCES

pytestmark = pytest.mark.slow

SEEDS = 12
NAMES = (
    *("sub01", "sub1", "SUB01", " sub02", "sub99999999999", "sub0", "006", "6", "0", "s1", "s01"),
    *("S3", "s0", "s1_ne_01", "s01_ne_1", "s3_po_01 ", "s1_ne_01_me2", "micro", "Micro", "HS"),
    *("negative", "Positive ", "non_micro", "SMIC_all_raw", "CASME2_RAW_selected", "Cropped"),
    *("SAMM", "img1.jpg", "img01.jpg", "img1 (1).jpg", "1.png", "9" * 19 + ".jpg", "²٣.jpg"),
    *("a\nb", "\udcff", "\u202e", "e\u0301", "é", "con", "x" * 200, ".hidden", "__MACOSX", " "),
    *("GENERATED.json", "~$x.xlsx", "CASME2-coding-1.xlsx", "SAMM_Micro_FACS_Codes_v9.xlsx"),
    *("SMIC-HS-E_annotation_2020.xlsx", "labels.csv", "a.avi", "loop"),
)


def spoil(root: Path, rng: random.Random) -> None:
    """Some files and folders renamed, moved, lost, repeated, or others in their place."""
    for _ in range(rng.randint(1, 4)):
        places = sorted(p for p in root.rglob("*") if not p.is_symlink())
        folders = [root, *(p for p in places if p.is_dir())]
        if not places:
            return
        one, new = rng.choice(places), rng.choice(folders) / rng.choice(NAMES)
        beside = one.with_name(new.name)
        match rng.randrange(9):
            case 0 | 1 if not beside.exists():
                one.rename(beside)
            case 2 if not new.exists() and not new.is_relative_to(one):
                one.rename(new)
            case 3 if not new.exists() and not new.is_relative_to(one):
                with contextlib.suppress(OSError):  # a pipe, or a link to itself
                    copy = functools.partial(shutil.copytree, symlinks=True)
                    (copy if one.is_dir() else shutil.copy)(one, new)
            case 4:
                shutil.rmtree(one) if one.is_dir() else one.unlink()
            case 5 if not os.path.lexists(new):
                new.mkdir()
            case 6 if not os.path.lexists(new):
                new.symlink_to(rng.choice((new, root / "gone", rng.choice(places), root)))
            case 7 if one.is_file():
                one.unlink()
                rng.choice((Path.mkdir, Path.touch, os.mkfifo))(one)
            case 8 if not os.path.lexists(new):
                new.write_bytes(rng.randbytes(rng.randrange(30)))


def outcome(read: Callable[[Path], AnnotatedSource], root: Path) -> str:
    try:
        found = read(root)
        check(found, root, videos=True)
        for clip in found.clips:
            frames.index_frames(clip.folder)
    except UserError as error:
        check_sentence(str(error).replace("a\nb", "a b"))  # as a folder's name has it
        return "refused"
    return "read"


def spoilt(whole: Path, seed: int, place: Path) -> Path:
    shutil.copytree(whole, place)
    spoil(place, random.Random(seed))
    return place


@pytest.fixture(scope="module", params=SOURCES)
def case(request, tmp_path_factory):
    write, read = SOURCES[request.param]
    root = tmp_path_factory.mktemp(request.param) / "whole"
    write(root)
    return read, root


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_spoilt_folder_is_read_or_refused(case, tmp_path, seed):
    read, whole = case
    outcome(read, spoilt(whole, seed, tmp_path / "source"))


def test_the_folder_as_it_was_is_read(case):
    assert outcome(*case) == "read"
