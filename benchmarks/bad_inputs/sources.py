"""Raw datasets: tables of labels, workbooks and images that are odd or damaged."""

import shutil
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

import cv2
import openpyxl

from benchmarks.bad_inputs import damage, material
from benchmarks.bad_inputs.case import Case

DOCTOR, BUILD, CONVERT = (f"data_builders.{name}" for name in ("doctor", "build", "convert"))
HEADER = ("subject", "path", "label", "onset", "apex", "offset")
FRAMES = 6  # of each clip
ROWS = (
    ("1", "p/a", "joy", "1", "3", "6"),
    ("1", "p/b", "fear", "1", "3", "6"),
    ("2", "q/a", "joy", "1", "3", "6"),
    ("2", "q/b", "fear", "1", "3", "6"),
)
GAP = {DOCTOR: 1, BUILD: 0}  # it is said, and the frame before stands for the one that is not there
KEPT = "data(/folder(/(landmarks|unfinished).*)?)?"  # of clips that were finished, for the next try
WHOLE = "4 clips of 2 subjects"
Rows = Sequence[Sequence[str]]


def text(rows: Rows = ROWS, header: Sequence[str] = HEADER, sep: str = ",", end: str = "\n") -> str:
    """A labels.csv."""
    return "".join(sep.join(row) + end for row in (header, *rows))


def write_source(folder: Path, labels: str | bytes | None = None) -> Path:
    """Four clips of two people as folders of images, with a table of labels."""
    source = folder / "source"
    images = sorted(material.clips().rglob("*.jpg"))
    clips = sorted({image.parent for image in images})
    for clip, row in zip(clips, ROWS, strict=True):
        (source / row[1]).mkdir(parents=True)
        for number, image in enumerate(sorted(clip.glob("*.jpg")), 1):
            shutil.copy(image, source / row[1] / f"img{number}.jpg")
    data = text() if labels is None else labels
    (source / "labels.csv").write_bytes(data.encode() if isinstance(data, str) else data)
    return source


def cases() -> Iterator[Case]:
    """All cases."""
    yield from _tables()
    yield from _cells()
    yield from _damaged_files()
    yield from _workbooks()


def asked(command: str, source: Path, *more: str) -> list[str]:
    return ["folder", f"--source={source}", f"--data_dir={source.parent / 'data'}", "--workers=1",
            "--frames=2", "--size=72", *more]  # fmt: skip


def labelled(what: str, labels: str | bytes, *, both: bool = False, **ends) -> Iterator[Case]:
    """A table of labels for the doctor; both: for the build too, which refuses it alike."""
    for command in (DOCTOR, BUILD) if both else (DOCTOR,):

        def make(folder: Path, command: str = command) -> list[str]:
            few = ["--sample=1"] if command == DOCTOR else []
            return asked(command, write_source(folder, labels), *few)

        yield Case(command=command, what=f"labels.csv: {what}", make=make, **ends)


def _tables() -> Iterator[Case]:
    """Odd signs between the same cells."""
    good = {"code": 0, "right": WHOLE}
    for sep, end in product((",", ";", "\t"), ("\n", "\r\n", "\r")):
        yield from labelled(f"cells by {sep!r}, lines by {end!r}", text(sep=sep, end=end), **good)
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        data = text().replace("joy", "joié").encode(encoding)
        yield from labelled(f"in {encoding}", data, **(good if encoding != "cp1252" else
                            {"code": None, "right": WHOLE, "says": "UTF-8"}))  # fmt: skip
    yield from labelled("empty lines", text(end="\n\n"), **good)
    yield from labelled("commas at the end", text() + ",,,,,\n", **good)
    yield from labelled("capitals in the header", text(header=[h.title() for h in HEADER]),
                        code=None, right=WHOLE, says="column|header")  # fmt: skip
    for column in ("subject", "path", "label"):
        at = HEADER.index(column)
        rows = [(*row[:at], *row[at + 1 :]) for row in ROWS]
        header = (*HEADER[:at], *HEADER[at + 1 :])
        yield from labelled(f"no {column}", text(rows, header), says=column, both=True)
    yield from labelled("a column twice", text([(*r, "x") for r in ROWS], (*HEADER, "label")),
                        says="label", both=True)  # fmt: skip
    yield from labelled("a row twice", text((*ROWS, ROWS[0])), says="line|twice", both=True)
    yield from labelled("a row too short", text() + "3,p/a\n", says="line 6", both=True)
    yield from labelled("a row too long", text() + "3,p/a,joy,1,3,6,7\n", says="line 6", both=True)
    yield from labelled("a header alone", text([]), says="no|empty", both=True)
    yield from labelled("no header", text(ROWS[1:], ROWS[0]), says="column|header", both=True)
    for kind in damage.KINDS:
        ends = {"says": "labels.csv", "code": 2}
        yield from labelled(kind, damage.KINDS[kind](text().encode()), both=True, **ends)


def _cells() -> Iterator[Case]:
    """One cell that is odd: of each column what it cannot be."""

    def with_cell(column: str, cell: str, row: int = 1) -> str:
        rows = [list(r) for r in ROWS]
        rows[row][HEADER.index(column)] = cell
        return text(rows)

    for column, cell in product(("subject", "path", "label"),
                                ("", "nan", "#N/A", "a\0b", "a\x07", "x" * 300)):  # fmt: skip
        yield from labelled(f"{column} {cell[:9]!r}", with_cell(column, cell), both=True,
                            says=f"line 3|{column}|NUL")  # fmt: skip
    for column, cell in product(("onset", "apex", "offset"), (
        "nan", "-1", "x", "1e99", "1.5", "7", "99", "12:30", "01.02.2024", "9" * 30, "inf", "0",
        "=A1", "2 3", "1/2",
    )):  # fmt: skip
        if (column, cell) in (("onset", "nan"), ("apex", "nan"), ("offset", "nan")):
            continue
        yield from labelled(f"{column} {cell[:9]!r}", with_cell(column, cell), says="line 3",
                            both=cell in ("x", "99"))  # fmt: skip
    for cell in ("1.0", "01", "+1", "1,0", " 1 ", "１", "1e+00"):
        written = f'"{cell}"'
        yield from labelled(f"onset {cell!r}", with_cell("onset", written), code=None, right=WHOLE,
                            says="line 3|onset")  # fmt: skip
        yield from labelled(f"subject {cell!r}", with_cell("subject", written), code=None,
                            right=WHOLE, says="subject|line")  # fmt: skip
    for path in ("../p/b", "/etc", "p/none", "p", "labels.csv", "p//b/../c", "P/B", "p/b/x"):
        yield from labelled(f"path {path}", with_cell("path", path), says="line 3|path", both=True)
    for path in ("p\\b", "../source/p/b", "./p/b", "p/b/", "p//b"):
        yield from labelled(f"path {path}", with_cell("path", path), code=None, right=WHOLE,
                            says="line 3")  # fmt: skip
    for what, label in {"NFD": unicodedata.normalize("NFD", "joié"), "no width": "joié\u200b",
                        "capitals": "JOIÉ", "a soft hyphen": "jo\u00adié"}.items():  # fmt: skip
        odd = with_cell("label", label, 0).replace("joy", "joié")
        yield from labelled(f"label {what}", odd, code=None, right=WHOLE, says="joié|label")
    yield from labelled("onset after offset", with_cell("onset", "6").replace("6,3,6", "6,3,2"),
                        says="line 3", both=True)  # fmt: skip


def _damaged_files() -> Iterator[Case]:
    """An image, or a folder of images, that is damaged."""
    for kind, command in product((*damage.KINDS, "a folder"), (DOCTOR, BUILD)):
        if kind == "bits flipped":  # of a JPEG file that may be a picture still
            continue

        def make(folder: Path, kind: str = kind, command: str = command) -> list[str]:
            source = write_source(folder)
            damage.spoil(source / "p" / "b" / "img1.jpg", kind)
            return asked(command, source)

        yield Case(command=command, what=f"an image that is {kind}", make=make, says="img1|p.b",
                   may_change=KEPT)  # fmt: skip
    changes: dict[str, Callable[[Path], object]] = {
        "no image": lambda clip: [image.unlink() for image in clip.iterdir()],
        "one image": lambda clip: [image.unlink() for image in sorted(clip.iterdir())[1:]],
        "a gap": lambda clip: (clip / "img3.jpg").unlink(),
        "an image of another size": lambda clip: _resize(clip / "img2.jpg"),
        "two images of one number": lambda clip: shutil.copy(clip / "img2.jpg", clip / "x2.jpg"),
        "a loop of links": lambda clip: _loop(clip / "img6.jpg"),
        "numbers of 30 digits": lambda clip: (clip / "img1.jpg").rename(clip / f"{'9' * 30}.jpg"),
    }
    for (what, change), command in product(changes.items(), (DOCTOR, BUILD)):

        def spoilt(folder: Path, change=change, command: str = command) -> list[str]:
            source = write_source(folder)
            change(source / "p" / "b")
            return asked(command, source)

        code = GAP[command] if what == "a gap" else 2
        yield Case(command=command, what=f"a folder with {what}", make=spoilt, code=code,
                   says="p.b|img|line 3", may_change=KEPT)  # fmt: skip


def _loop(image: Path) -> None:
    image.unlink()
    image.symlink_to(image)


def _resize(image: Path) -> None:
    cv2.imwrite(str(image), cv2.resize(cv2.imread(str(image)), (60, 70)))


WORKBOOKS = ("casme2", "samm", "smic")


def _workbooks() -> Iterator[Case]:
    for name, command in product(WORKBOOKS, (DOCTOR, BUILD)):
        for kind in (*damage.KINDS, "a folder"):
            if kind != "bits flipped":
                yield _workbook(name, command, kind, lambda file, k=kind: damage.spoil(file, k))
        for what, edit in EDITS.items():
            if command == DOCTOR:
                yield _workbook(name, command, what, lambda file, e=edit: _edit(file, e))


def _workbook(name: str, command: str, what: str, spoil: Callable[[Path], object]) -> Case:
    dataset = f"{name}_hs_long" if name == "long" else name

    def make(folder: Path) -> list[str]:
        spoil(material.write_look_alike(name, folder / "source"))
        return [dataset, f"--source={folder / 'source'}", f"--data_dir={folder / 'data'}"]

    return Case(command=command, what=f"{name}: a workbook that is {what}", make=make)


def _edit(file: Path, edit: Callable) -> None:
    book = openpyxl.load_workbook(file)
    edit(book)
    book.save(file)


EDITS: dict[str, Callable] = {
    "without a row": lambda book: [sheet.delete_rows(1, 500) for sheet in book.worksheets],
    "a header alone": lambda book: [sheet.delete_rows(3, 500) for sheet in book.worksheets],
}
