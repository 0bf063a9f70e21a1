"""Tables of predictions: odd ones that are right, and bad ones that are refused."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

from sklearn.metrics import f1_score

from benchmarks.bad_inputs import damage, places
from benchmarks.bad_inputs.case import Case

SCORE = "mol_jax.score"
HEADER = ("subject", "clip", "true", "pred")
TRUE = ("joy", "joy", "fear", "fear", "joy", "fear", "anger", "joy", "anger", "fear", "joy", "joy")
PRED = ("joy", "fear", "fear", "joy", "joy", "fear", "anger", "joy", "fear", "fear", "joy", "anger")
ROWS = tuple((f"s{i // 4 + 1}", f"c{i}", TRUE[i], PRED[i]) for i in range(len(TRUE)))
UF1 = f1_score(TRUE, PRED, average="macro")
Rows = Sequence[Sequence[str]]


def text(rows: Rows = ROWS, header: Sequence[str] = HEADER, sep: str = ",", end: str = "\n") -> str:
    """A table as text."""
    return "".join(sep.join(row) + end for row in (header, *rows))


def right(uf1: float = UF1) -> str:
    """The pattern of the score in JSON."""
    return rf'"uf1": {str(uf1)[:9].replace(".", "[.]")}'


def case(what: str, data: str | bytes, *flags: str, name: str = "t.csv", **ends) -> Case:
    """A table that is scored."""

    def make(folder: Path) -> list[str]:
        content = data.encode() if isinstance(data, str) else data
        (folder / name).write_bytes(content)
        return [str(folder / name), "--format=json", *flags]

    return Case(command=SCORE, what=what, make=make, **ends)


def cases() -> Iterator[Case]:
    """All cases of `mol_jax.score` but those of its flags."""
    yield from _written_otherwise()
    yield from _headers()
    yield from _names()
    yield from _refused()
    yield from _damaged()


def _written_otherwise() -> Iterator[Case]:
    """The same rows in other signs: one score."""
    plain = text()
    accented = plain.replace("joy", "joié")
    for sep, end in product((",", ";", "\t"), ("\n", "\r\n", "\r")):
        yield case(f"cells by {sep!r}, lines by {end!r}", text(sep=sep, end=end),
                   code=0, right=right())  # fmt: skip
    for encoding in ("utf-8-sig", "utf-16", "utf-32", "utf-8", "cp1252"):
        yield case(f"in {encoding}", accented.encode(encoding), code=0, right=right())
    for encoding, sep in product(("utf-16", "utf-8-sig"), (";", "\t")):
        yield case(f"{encoding} by {sep!r}", text(sep=sep).encode(encoding), code=0, right=right())
    quoted = [tuple(f'"{cell}"' for cell in row) for row in ROWS]
    yield case("every cell in quotes", text(quoted), code=0, right=right())
    yield case("blanks around cells", text(sep=" , "), code=0, right=right())
    yield case("empty rows between", plain.replace("\n", "\n\n"), code=0, right=right())
    yield case("rows of commas at the end", plain + ",,,\n,,,\n", code=0, right=right())
    yield case("a comma at each end", plain.replace("\n", ",\n"), code=0, right=right())
    yield case("no line end at the end", plain.rstrip(), code=0, right=right())
    yield case("another ending", plain, name="t.txt", code=0, right=right())
    yield case("brackets in the name", plain, name="[t] $1 é.csv", code=0, right=right())


def _headers() -> Iterator[Case]:
    """Other spellings of the columns."""
    names = (
        ("subject", "Subject", "sub", "participant", "SUBJECT_ID"),
        ("true", "y_true", "label", "gt", "True Label"),
        ("pred", "y_pred", "prediction", "predicted", "Pred"),
    )
    for subject, true, pred in product(*names):
        yield case(f"header {subject},{true},{pred}", text(header=(subject, "clip", true, pred)),
                   code=0, right=right())  # fmt: skip
    wide = [(*row, "0.5", "x") for row in ROWS]
    for extra in (("p_id", "note"), ("p_max", "p"), ("index", "Unnamed: 0"), ("fold ", "age")):
        yield case(f"further columns {extra}", text(wide, (*HEADER, *extra)), code=0, right=right())
    back = [row[::-1] for row in ROWS]
    yield case("columns in another order", text(back, HEADER[::-1]), code=0, right=right())
    for double in ("subject", "true", "pred", "y_true", "label"):
        yield case(f"a second column {double}", text(wide, (*HEADER, double, "x")), code=None,
                   right=right(), says="twice|two|both|columns|once")  # fmt: skip
    for missing in ("subject", "true", "pred"):
        at = HEADER.index(missing)
        rows = [(*row[:at], *row[at + 1 :]) for row in ROWS]
        header = (*HEADER[:at], *HEADER[at + 1 :])
        yield case(f"no column {missing}", text(rows, header), says=missing)
    yield case("no header", text(ROWS[1:], ROWS[0]), says="column|header|log")


def _recoded(kind: Callable[[str], str], column: int, every: int = 2) -> Rows:
    """The rows with every other cell of a column written otherwise."""
    return [
        (*row[:column], kind(row[column]) if i % every == 0 else row[column], *row[column + 1 :])
        for i, row in enumerate(ROWS)
    ]


def _names() -> Iterator[Case]:
    """One class or subject in two spellings: joined, or refused, and never two."""
    accented = text().replace("joy", "joié")
    rows = [tuple(cell.replace("joy", "joié") for cell in row) for row in ROWS]
    nfd = [(*r[:3], unicodedata.normalize("NFD", r[3])) for r in rows]
    yield case("two codings of é", text(nfd), code=None, right=right(), says="joié|two|spell")
    yield case("é alone", accented, code=0, right=right())
    spelt = {
        "a sign of no width": lambda cell: cell + "\u200b",
        "a BOM within": lambda cell: "\ufeff" + cell,
        "a soft hyphen": lambda cell: cell[:1] + "\u00ad" + cell[1:],
        "a hard blank": lambda cell: "\u00a0" + cell,
        "two blanks": lambda cell: f"  {cell} ",
        "capitals": str.upper,
        "wide letters": lambda cell: "".join(chr(ord(c) + 0xFEE0) for c in cell),
        "a Greek o": lambda cell: cell.replace("o", "ο").replace("a", "а"),
        "quotes": lambda cell: f"'{cell}'",
    }
    for (what, kind), column in product(spelt.items(), (0, 2, 3)):
        yield case(f"{what} in {HEADER[column]}", text(_recoded(kind, column)), code=None,
                   right=right(), says="spell|written|sign|two|letters|quote|class|expected|got"
                   )  # fmt: skip
    numbers = {"joy": "0", "fear": "1", "anger": "2"}
    coded = [(*row[:2], numbers[row[2]], numbers[row[3]]) for row in ROWS]
    yield case("classes by number", text(coded), code=0, right=right())
    for what, kind in {"1.0": "{}.0", "01": "0{}", "1,0": '"{},0"', "+1": "+{}", "1e0": "{}e0",
                       "1.": "{}."}.items():  # fmt: skip
        odd = [(*row[:3], kind.format(row[3])) for row in coded]
        yield case(f"pred {what} beside true 1", text(odd), code=None, right=right(), says="1")
    people = [(str(i // 4 + 1) if i % 2 else f"0{i // 4 + 1}", *r[1:]) for i, r in enumerate(ROWS)]
    yield case("subjects 1 and 01", text(people), code=None, right=right(), says="1")


def _refused() -> Iterator[Case]:
    """Cells that are no class, no subject, no probability, no number."""
    for nothing, column in product(("", "nan", "NaN", "None", "NULL", "#N/A", "-", "?"), (0, 2, 3)):
        rows = [list(row) for row in ROWS]
        rows[5][column] = nothing
        yield case(f"{HEADER[column]} {nothing!r}", text(rows),
                   says="line 7|empty|nothing|no prediction|nan|class")  # fmt: skip
    for sign in ("\0", "\x07", "\x1b[31m"):
        yield case(f"{sign!r} in a name", text().replace("c5", f"c{sign}5"), says="line 7|NUL|sign")
    yield case("a row too short", text() + "s9,c1\n", says="line 14")
    yield case("a row too long", text() + "s9,c1,joy,joy,joy\n", says="line 14")
    yield case("a clip twice", text((*ROWS, ROWS[0])), says="c0|twice|line 14")
    yield case("a clip twice, otherwise", text((*ROWS, (*ROWS[0][:3], "fear"))), says="c0|twice")
    yield case("a header alone", text([]), says="no row|empty|no prediction|holds no")
    yield case("a quote that is not closed", text() + 's9,"c1,joy,joy\n', says="quot|line")
    probable = ("p_joy", "p_fear", "p_anger")
    for cells in (("1", "x", "0"), ("nan", "0", "0"), ("-0.5", "1", "0.5"), ("inf", "0", "0"),
                  ("1e99", "0", "0"), ("", "", ""), ("2", "-1", "0"), ("0.1",) * 3):  # fmt: skip
        rows = [(*row, "1", "0", "0") for row in ROWS[:-1]] + [(*ROWS[-1], *cells)]
        yield case(f"probabilities {cells}", text(rows, (*HEADER, *probable)), code=None,
                   right=right(), says="p_|probab")  # fmt: skip
    for column, cell in product(("trial", "seed"), ("x", "nan", "-1", "1.5", "1e99", "", "٣")):
        rows = [(*row, "0") for row in ROWS[:-1]] + [(*ROWS[-1], cell)]
        # A number is one in any script; the first trial is shown, of several seeds all.
        whole = {"trial -1": '"trial": -1', "trial ٣": '"trial": 0', "seed -1": "SEEDS OF",
                 "seed ٣": "SEEDS OF"}.get(f"{column} {cell}", "")  # fmt: skip
        yield case(f"{column} {cell!r}", text(rows, (*HEADER, column)), right=whole,
                   code=0 if whole else 2, says=f"{column}|line 13")  # fmt: skip


def _damaged() -> Iterator[Case]:
    for kind in (*damage.KINDS, "a folder"):

        def make(folder: Path, kind: str = kind) -> list[str]:
            (folder / "t.csv").write_text(text())
            damage.spoil(folder / "t.csv", kind)
            return [str(folder / "t.csv")]

        # Cut within a class, "a" of "anger", it is a whole table of fewer clips.
        cut = {"code": 0, "right": "Predicted classes that no clip has: a"}
        yield Case(command=SCORE, what=f"a table that is {kind}", make=make, says="t.csv",
                   **(cut if kind == "cut" else {}))  # fmt: skip
    workbook = b"PK\x03\x04" + bytes(60)
    yield case("a workbook", workbook, name="t.xlsx", says="CSV|csv")
    for what, place in places.FILES_TO_READ.items():
        yield Case(command=SCORE, what=f"file: {what}", make=lambda f, p=place: [p(f)])
        for flag in ("--compare", "--floor"):

            def beside(folder: Path, p: places.Make = place, flag: str = flag) -> list[str]:
                (folder / "t.csv").write_text(text())
                return [str(folder / "t.csv"), f"{flag}={p(folder)}"]

            yield Case(command=SCORE, what=f"{flag}: {what}", make=beside)
