"""Coding workbooks spoilt at random: every reader gives a usable annotation or one sentence."""

import dataclasses
import datetime
import io
import os
import random
import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data_builders.annotations.annotation import NO_APEX, AnnotatedSource, printable
from data_builders.annotations.cells import plain_text
from data_builders.casme2 import annotation as casme2
from data_builders.samm import annotation as samm
from data_builders.smic import long_clips
from data_builders.synthetic.look_alikes import casme2_tree
from data_builders.synthetic.look_alikes import samm as samm_tree
from data_builders.synthetic.look_alikes import smic as smic_tree
from mol_jax.errors import UserError

pytestmark = pytest.mark.slow

SEEDS = 24  # of each reader; a session that changes one runs thousands


@dataclasses.dataclass(frozen=True)
class Case:
    """A reader, a tree it can read, and the workbook in it as it was."""

    read: Callable[[], AnnotatedSource]
    root: Path
    workbook: Path
    whole: bytes

    def outcome(self, data: bytes) -> AnnotatedSource | UserError:
        self.workbook.write_bytes(data)
        try:
            found = self.read()
        except UserError as error:
            check_sentence(str(error))
            return error
        check(found, self.root)
        return found


def make_case(name: str, root: Path) -> Case:
    few: dict[str, Any] = {"faces": False, "clips": 4, "frames": (4, 4)}
    if name == "casme2":
        layout = casme2_tree.Layout(trees=(casme2_tree.SELECTED,))
        casme2_tree.write_tree(root, subjects=("sub01", "sub02"), layout=layout, **few)
        read, workbook = casme2.annotate, root / casme2.WORKBOOKS[0]
    elif name == "samm":
        samm_tree.write_tree(root, subjects=("006", "007"), **few)
        read, workbook = samm.annotate, root / samm.WORKBOOKS[0]
    else:
        smic_tree.write_tree(root, subjects=(1, 3), parts=("long",), **few)
        read, workbook = long_clips.annotate, root / smic_tree.LONG_WORKBOOK
    return Case(lambda: read(root, name), root, workbook, workbook.read_bytes())


def check(found: AnnotatedSource, root: Path, *, videos: bool = False) -> None:
    """What a build relies on. videos: a clip may be a file, and may lie behind a link."""
    assert len({clip.key.lower() for clip in found.clips}) == len(found.clips)
    for clip in found.clips:
        assert clip.folder.is_dir() or (videos and clip.folder.is_file())
        assert Path(os.path.abspath(clip.folder)).is_relative_to(os.path.abspath(root))
        assert videos or clip.folder.resolve().is_relative_to(root.resolve())
        assert 0 <= clip.onset <= clip.offset < 10**18
        assert clip.apex == NO_APEX or clip.onset <= clip.apex <= clip.offset
        for text in (clip.subject, clip.person, clip.clip, clip.emotion):
            assert text and text == plain_text(text)
        assert clip.emotion == clip.emotion.lower() and not clip.emotion.startswith("#")
        assert clip.action_units == plain_text(clip.action_units)
    for skipped in found.skipped:
        for text in (skipped.subject, skipped.clip, skipped.reason):
            assert text == printable(text) and len(text) < 4000


def check_sentence(text: str) -> None:
    assert "\n" not in text and 20 < len(text) < 3000, text


CELLS = (
    *(None, "", " ", True, False, 0, -1, -0.0, 3.5, 10**30, 1e300, "nan", "inf", "1e3", "٣", "²"),
    *("=1/0", "=A1", "#REF!", "#N/A", "a\nb", "a\tb", "\u202egnp.exe", "e\u0301", "\u200bfear"),
    *("x" * 32000, "..", "../../etc", "/etc/passwd", "C:\\con", "con", "a/b", "sub01/..", "EP02."),
    *("'; DROP", "<b>", "&amp;", "{0}", "%s", "sub01", "006", "s1_ne_01", "NEGATIVE ", "\ufeff1"),
    *(datetime.datetime(2020, 1, 2), datetime.date(1, 1, 1), datetime.time(1), float("1e-320")),
)


def edit_cells(data: bytes, rng: random.Random) -> bytes:
    """Some cells, rows and columns of the sheet changed, moved, repeated or lost."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    for _ in range(rng.randint(1, 4)):
        row, column = rng.randint(1, sheet.max_row), rng.randint(1, sheet.max_column)
        match rng.randrange(9):
            case 0:
                sheet.delete_rows(row)
            case 1:
                sheet.delete_cols(column)
            case 2:
                sheet.insert_rows(row)
            case 3:
                sheet.insert_cols(column)
            case 4:
                sheet.append([cell.value for cell in sheet[row]])
            case 5:
                sheet.merge_cells(start_row=row, end_row=row + 2, start_column=1, end_column=column)
            case 6:
                book.create_sheet("Sheet1", rng.randint(0, 1)).append(["Subject"])
            case _:
                for cell in rng.sample(list(sheet[row]), k=2):
                    if not isinstance(cell, openpyxl.cell.cell.MergedCell):
                        cell.value = rng.choice(CELLS)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def flip(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 4, 40))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] if rng.random() < 0.5 else data[:at] + data[at + rng.randint(1, 400) :]


ATTRIBUTES = (
    *("-1", "0", "1e9", "99999999999999", "nan", "inf", "", "x", "ZZZ9", "ZZZ1048577", "A0", "é"),
    *("s", "n", "d", "e", "b", "inlineStr", "rId9", "../../x.xml", "9" * 5000),
)
SNIPPETS = (
    '<row r="5000000"/>',
    '<row><c r="ZZZ3"><v>1</v></c></row>',
    '<c t="s"><v>99999</v></c>',
    '<c t="d"><v>x</v></c>',
    '<c t="e"><v>#REF!</v></c>',
    '<c t="inlineStr"><is><t>&#x85;\u202e</t></is></c>',
    "&lol;",
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    "\0",
    "<a>" * 300,
    "</row>",
)


def edit_parts(data: bytes, rng: random.Random) -> bytes:
    """The XML inside the archive changed, and the archive written in another way."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = next(name for name in parts if name.endswith("sheet1.xml"))
    for _ in range(rng.choice((1, 1, 3))):
        name = rng.choice((sheet, sheet, *parts))
        if name not in parts:
            continue
        part = parts[name]
        match rng.randrange(7):
            case 0:
                parts[name] = flip(part, rng)
            case 1:
                parts[name] = cut(part, rng)
            case 2:
                del parts[name]
            case 3:
                spots = [match.end() for match in re.finditer(b">", part)] or [0]
                at = rng.choice(spots)
                parts[name] = part[:at] + rng.choice(SNIPPETS).encode() + part[at:]
            case 4:
                parts[name] = part.decode("utf-8", "replace").encode("utf-16")
            case _:
                values = list(re.finditer(rb'="([^"]*)"', part))
                if values:
                    spot = rng.choice(values)
                    value = rng.choice(ATTRIBUTES).encode()
                    parts[name] = part[: spot.start(1)] + value + part[spot.end(1) :]
    out = io.BytesIO()
    how = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return flip(out.getvalue(), rng) if rng.random() < 0.1 else out.getvalue()


SPOIL = (flip, cut, edit_cells, edit_parts)


def spoilt(data: bytes, seed: int) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return SPOIL[seed % len(SPOIL)](data, random.Random(seed))


@pytest.fixture(scope="module", params=["casme2", "samm", "smic_hs_e"])
def case(request, tmp_path_factory):
    return make_case(request.param, tmp_path_factory.mktemp(request.param) / "source")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_spoilt_workbook_is_read_or_refused(case, seed):
    case.outcome(spoilt(case.whole, seed))


def test_the_workbook_as_it_was_is_read(case):
    assert len(case.outcome(case.whole).clips) >= 6
