"""What people do to tables at random: a number is read as it was, or its clip is left out."""

import datetime
import itertools
import random

import pytest

from data_builders.annotations.annotation import NO_APEX
from data_builders.folder import annotation as folder
from mol_jax.errors import UserError
from tests.data_builders.folder.conftest import write_frames
from tests.data_builders.test_fuzz_workbooks import check_sentence
from tests.data_builders.test_spreadsheets import HEADERS, NUMBERS, Book, cases  # noqa: F401

pytestmark = pytest.mark.slow

SEEDS = 24  # of each reader; a session that changes one runs hundreds
SAME = ("{}", " {} ", "{}.0", "{},0", "{}.", "0{}", "{}.00", "{:.18e}", "{}\u00a0", "\u200b{}")
OTHER = ("{}.5", "{}.000", "{},000", "{}e1", "~{}", "{}?", "{} 1", "1,{}", "{}-{}", "'{}", "n{}")
ELSE = (None, "", "=A1", "=1/0", "#REF!", "#N/A", "#VALUE!", True, False, "nan", "/", -1, 12.5)
ELSE += (datetime.date(1900, 9, 12), datetime.datetime(2020, 1, 2), datetime.time(1), "1E+02", "x")


def disguise(book, name, rng):
    """Numbers in other spellings, other things in their place, cells merged, rows hidden."""
    heads = [head for of, head in NUMBERS if of == name]
    for _ in range(rng.randint(1, 12)):
        cells = book.column(rng.choice(heads))
        cell = rng.choice(cells) if cells else None
        if cell is None or not isinstance(cell.value, int):
            continue
        spelling = rng.choice((*SAME, *OTHER, *ELSE))
        given = isinstance(spelling, str) and "{" in spelling
        cell.value = spelling.format(cell.value, cell.value) if given else spelling
    for _ in range(rng.randint(0, 4)):
        rows = list(range(1, book.sheet.max_row + 1))
        match rng.randrange(5):
            case 0:
                book.sheet.row_dimensions[rng.choice(rows)].hidden = True
            case 1:
                merge_alike(book, rng.choice(HEADERS[name]))
            case 2:
                book.sheet.column_dimensions[rng.choice("ABCDEFGHI")].hidden = True
            case 3:
                book.book.create_sheet(f"s{rng.random()}", rng.randint(0, 1)).append(["Subject"])
            case _:
                copy = book.book.copy_worksheet(book.sheet)
                copy.sheet_state = rng.choice(("visible", "hidden"))


def merge_alike(book, head):
    """Merges runs of one value, as a person tidies a sheet; nothing where some are merged."""
    if book.sheet.merged_cells.ranges:
        return
    for _, run in itertools.groupby(book.column(head), key=lambda cell: cell.value):
        first, *others = run
        if others:
            book.sheet.merge_cells(f"{first.coordinate}:{others[-1].coordinate}")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", HEADERS)
def test_no_number_becomes_another(cases, name, seed):  # noqa: F811
    book = Book(cases[name])
    whole = {clip.key: clip for clip in book.whole.clips}
    disguise(book, name, random.Random(seed))
    found = book.outcome()
    if isinstance(found, UserError):
        return
    for clip in found.clips:
        was = whole[clip.key]
        assert (clip.onset, clip.offset) == (was.onset, was.offset)
        assert clip.apex in (was.apex, NO_APEX) and clip.emotion == was.emotion
    gone = whole.keys() - {clip.key for clip in found.clips}
    said = {f"{skipped.subject}/{skipped.clip}" for skipped in found.skipped}
    assert {key.lower() for key in gone} <= {key.lower() for key in said}


def test_what_is_only_spelt_otherwise_is_read_as_it_was(cases):  # noqa: F811
    for name, case in cases.items():
        for seed in range(6):
            book, rng = Book(case), random.Random(seed)
            for of, head in NUMBERS:
                for cell in book.column(head) if of == name else ():
                    if isinstance(cell.value, int) and cell.value > 0:
                        cell.value = rng.choice(SAME).format(cell.value)
            merge_alike(book, "subject")
            assert book.outcome() == book.whole


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_number_of_a_table_of_labels_becomes_another(tmp_path, seed):
    rng = random.Random(seed)
    write_frames(tmp_path / "a", 1, 30)
    spelling = rng.choice((*SAME, *OTHER, *(text for text in ELSE if isinstance(text, str))))
    separator = rng.choice(",;\t")
    cell = spelling.format(7, 7) if "{" in spelling else spelling
    cells = [rng.choice(("1", "01", "1.0")), "a", "x", f'"{cell}"', "", "20"]
    head = separator.join(("subject", "path", "label", "onset", "apex", "offset"))
    (tmp_path / "labels.csv").write_text(f"{head}\n{separator.join(cells)}\n", encoding="utf-8")
    try:
        (clip,) = folder.annotate(tmp_path, "folder", tmp_path / "labels.csv").clips
    except UserError as error:
        check_sentence(str(error))
        assert spelling not in SAME
        return
    nothing = cell.strip() in ("", "nan")
    assert (clip.onset, clip.offset, clip.subject.lstrip("0")) == (1 if nothing else 7, 20, "1")


def test_the_disguises_do_move_something(cases):  # noqa: F811
    for name, case in cases.items():
        outcomes = []
        for seed in range(8):
            book = Book(case)
            disguise(book, name, random.Random(seed))
            outcomes.append(book.outcome())
        refused = [found for found in outcomes if isinstance(found, UserError)]
        read = [found for found in outcomes if not isinstance(found, UserError)]
        assert read and refused and any(found != Book(case).whole for found in read)
