"""Tables spoilt at random: their readers give something usable or one sentence."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from data_builders import megc2019
from data_builders.annotations.annotation import NO_APEX
from data_builders.folder import annotation as folder
from data_builders.views import own_map
from mol_jax.errors import UserError
from tests.data_builders.folder.conftest import write_frames, write_video
from tests.data_builders.test_fuzz_workbooks import check_sentence, cut, flip

pytestmark = pytest.mark.slow

SEEDS = 40
LABELS = """\
subject,path,label,onset,apex,offset,clip,action_units
1,s1/a.avi,happy,,,,,"6+12, L4"
1,s1/b,sad,6,8,10,b,4
Zoé,s2/c,fâché,,,,"c ""1"" d",
"""
MAP = "label,class\nhappiness,positive\nfear,negative\ndisgust,negative\nothers,\n"
MEGC = "".join(
    [f"casme2,{n % 24 + 1:02d},EP{n:03d},{n % 3}\r\n" for n in range(145)]
    + [f"smic,s{n % 16 + 1:02d},s{n % 16 + 1:02d}_ne_{n:02d},0\r\n" for n in range(164)]
    + [f"samm,{n % 28 + 6},{n % 28 + 6:03d}_1_{n},{n % 3}\r\n" for n in range(133)]
)
CELLS = (
    *("..", "../x", "../../etc/passwd", "/etc", "C:\\x", "\\\\host\\x", "con", "s1/b/", "s1/./b"),
    *("s1/../..", "s2/c ", "s1/b.", "~", "~root", "file:///etc", "http://127.0.0.1/a.avi", "."),
    *("a\0b", '"', '"a', "a\nb", "\u202e", "\u200b", "e\u0301", "\ufeff", "=1+1", "1e5", "-1"),
    *("9" * 19, "9" * 4400, "1.0", "NaN", "٣", "²", "x" * 300, "x" * 5000, "\u0301\u0323" * 1500),
    *("", " ", "\t", "\x85", "\udce9", "😀", "True", "s1/b\ns2/c", "a/b", "label", "%s", "{0}"),
)
ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "latin-1",
    "cp1252",
    "utf-8-sig",
    "utf-7",
)


def edit_cells(data: bytes, rng: random.Random) -> bytes:
    rows = [line.split(",") for line in data.decode().splitlines()]
    for _ in range(rng.randint(1, 4)):
        row = rng.choice(rows)
        match rng.randrange(8):
            case 0:
                rows.remove(row)
            case 1:
                rows.insert(rng.randint(0, len(rows)), list(rng.choice(rows or [row])))
            case 2:
                rng.shuffle(row)
            case 3:
                column = rng.randrange(6)
                for other in rows:
                    del other[column : column + 1]
            case 4:
                row += ["", "more"][: rng.randint(1, 2)]
            case _:
                row[rng.randrange(len(row)) if row else 0 :][:1] = [rng.choice(CELLS)]
                if row:
                    row[rng.randrange(len(row))] = rng.choice(CELLS)
        rows = rows or [[""]]
    return "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogateescape")


def write_otherwise(data: bytes, rng: random.Random) -> bytes:
    text = data.decode()
    for _ in range(rng.randint(1, 2)):
        spot = rng.randrange(len(text))
        match rng.randrange(5):
            case 0:
                text = text.replace(",", rng.choice((";", "\t", "|", ", ", " ", ",,", "\0")))
            case 1:
                text = (
                    text[:spot] + rng.choice(('"', "\r", "\0", "\x1c", ",\n", "\\")) + text[spot:]
                )
            case 2:
                text = rng.choice(("sep=;\n", "sep=\r\n", 'sep="\n', "sep=ab\n", "\n\n\n")) + text
            case 3:
                text = text.replace("\n", rng.choice(("\r", "\r\r\n", "\u2028", "")))
            case _:
                text = text[:spot] + rng.choice(("x", "é", ",", '",')) * 4100 + text[spot:]
    return text.encode(rng.choice(("utf-8", *ENCODINGS)), "replace")


SPOIL = (flip, cut, edit_cells, write_otherwise)


def spoilt(data: bytes, seed: int) -> bytes:
    return SPOIL[seed % len(SPOIL)](data, random.Random(seed))


def read_labels(file: Path) -> None:
    root = file.parent
    found = folder.annotate(root, "folder", file)
    assert found.clips and len({clip.key.lower() for clip in found.clips}) == len(found.clips)
    for clip in found.clips:
        assert clip.folder.exists() and clip.folder.resolve().is_relative_to(root.resolve())
        assert 0 <= clip.onset <= clip.offset
        assert clip.apex == NO_APEX or clip.onset <= clip.apex <= clip.offset
        assert clip.subject and clip.emotion and clip.clip and "/" not in clip.subject
        assert (clip.subject + clip.emotion).isprintable() and "\n" not in clip.clip


def read_map(file: Path) -> None:
    found = own_map.read("casme2", file)
    assert len(found.classes) >= 2 and set(found.mapping.values()) == set(found.classes)
    assert "\n" not in found.rule


def read_megc(file: Path) -> None:
    found = megc2019.read(file)
    assert len(found) == megc2019.ENTRIES and set(found.values()) <= set(megc2019.CLASSES)


READERS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "folder": (read_labels, "labels.csv", LABELS),
    "own_map": (read_map, "map.csv", MAP),
    "megc2019": (read_megc, megc2019.FILE, MEGC),
}


def make_case(name: str, root: Path) -> tuple[Callable[[Path], None], Path, bytes]:
    read, file, text = READERS[name]
    if name == "folder":
        write_video(root / "s1" / "a.avi", 6)
        write_frames(root / "s1" / "b")
        write_frames(root / "s2" / "c", 1, 3)
    return read, root / file, text.encode()


def outcome(read: Callable[[Path], None], file: Path, data: bytes) -> str:
    file.write_bytes(data)
    try:
        read(file)
    except UserError as error:
        check_sentence(str(error))
        return "refused"
    return "read"


@pytest.fixture(scope="module", params=READERS)
def case(request, tmp_path_factory):
    return make_case(request.param, tmp_path_factory.mktemp(request.param))


def test_the_table_as_it_was_is_read(case):
    read, file, whole = case
    assert outcome(read, file, whole) == "read"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_spoilt_table_is_read_or_refused(case, seed):
    read, file, whole = case
    outcome(read, file, spoilt(whole, seed))
