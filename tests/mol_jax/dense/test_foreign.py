"""Others' files, read and matched: whatever does not fit is refused with one sentence."""

import csv
import shutil

import numpy as np
import pytest

from mol_jax.dense import __main__ as program
from mol_jax.dense import foreign, videos

FLOWS = {
    "a pair is missing": (
        lambda f: (f / "tiny/sub1/clip5/pair2.flo").unlink(),
        "has no tiny/sub1/",
    ),
    "a clip is missing": (lambda f: shutil.rmtree(f / "tiny/sub1/clip5"), "clip5/pair1.flo"),
    "an extra pair": (
        lambda f: shutil.copy(f / "tiny/sub1/clip5/pair1.flo", f / "tiny/sub1/clip5/pair4.flo"),
        "flow of no pair of this run: tiny/sub1/clip5/pair4.flo; take it out",
    ),
    "counted from 0": (
        lambda f: [
            path.rename(path.with_name(f"pair{k}.flo"))
            for k in range(3)
            for path in [f / f"tiny/sub1/clip5/pair{k + 1}.flo"]
        ],
        "has no tiny/sub1/clip5/pair3.flo",
    ),
    "both kinds": (
        lambda f: np.save(f / "tiny/sub1/clip5/pair1.npy", np.zeros((64, 64, 2))),
        "has both tiny/sub1/clip5/pair1.flo and tiny/sub1/clip5/pair1.npy",
    ),
    "cut short": (
        lambda f: (f / "tiny/sub2/clip9/pair3.flo").write_bytes(b"PIEH\x40\0\0\0\x40\0\0\0abc"),
        "has 15: was it cut short",
    ),
    "no folder": (shutil.rmtree, "is no folder"),
    "empty folder": (lambda f: [shutil.rmtree(f), f.mkdir()], "0 files are there; see index.csv"),
}


@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.usefixtures("served")
def test_flow_that_does_not_fit_is_one_sentence(made_runs, given, tmp_path, capsys, name):
    spoil, sentence = FLOWS[name]
    folder = shutil.copytree(given[0], tmp_path / "flow")
    spoil(folder)
    assert program.main(["score", str(made_runs / "full"), f"--flow={folder}"]) == 2
    said = capsys.readouterr()
    assert sentence in said.err and said.err.startswith("error: ") and said.out == ""


def line(at, text):
    def change(lines):
        lines[at] = text

    return change


LANDMARKS = {
    "points from 1": (
        lambda s: [s.__setitem__(i, bump(s[i], 4)) for i in range(1, len(s))],
        "column point: got 68, expected 0 to 67, dlib's 68 points: count from 0, not from 1",
    ),
    "frames from 0": (
        lambda s: [s.__setitem__(i, bump(s[i], 3, -1)) for i in range(1, len(s))],
        "got 0 (0 would be the onset, of which nothing is predicted), expected 1 to 3",
    ),
    "frame numbers": (line(1, "tiny,sub0,clip0,46,0,1,1"), "got 46, expected 1 to 3"),
    "a point twice": (line(2, "tiny,sub0,clip0,1,0,1,1"), "point 0 of frame 1 again"),
    "nan": (line(3, "tiny,sub0,clip0,1,2,nan,1"), "column x: got 'nan', expected a finite number"),
    "words": (line(3, "tiny,sub0,clip0,1,2,3,left"), "column y: got 'left', expected a number"),
    "a strange clip": (line(3, "tiny,sub0,clip99,1,2,3,4"), "got 'tiny/sub0/clip99', expected one"),
    "other units": (line(3, "tiny,sub0,clip0,1,2,3,4000"), "got 4000, expected px of the crop"),
    "a number that only Python reads": (
        line(3, "tiny,sub0,clip0,1,1_0,3,4"),
        "column point: got '1_0', expected a whole number",
    ),
    "another such number": (line(3, "tiny,sub0,clip0,1,2,1_0,4"), "x: got '1_0', expected a num"),
    "shares of the crop": (
        lambda s: s.__setitem__(slice(1, None), [shares(text) for text in s[1:]]),
        "expected px of the crop, which is 64 px wide: are these shares of its side?",
    ),
    "one place": (
        lambda s: s.__setitem__(slice(1, None), [shares(text, 1e-3) + "1" for text in s[1:]]),
        "expected px of the crop",
    ),
    "half a point": (line(3, "tiny,sub0,clip0,1,2.5,3,4"), "column point: got '2.5'"),
    "a line is cut": (line(3, "tiny,sub0,clip0,1"), "got 4 cells, expected 7"),
    "lines are missing": (
        lambda s: s.__delitem__(slice(-2, None)),
        "lacks 2 of 204 points of tiny",
    ),
    "another header": (line(0, "dataset,subject,clip,frame,landmark,x,y"), "no column point"),
    "nothing": (lambda s: s.clear(), "is empty"),
}


def bump(text, column, by=1):
    cells = text.split(",")
    cells[column] = str(int(cells[column]) + by)
    return ",".join(cells)


def shares(text, of=1 / 64):
    *cells, x, y = text.split(",")
    return ",".join([*cells, f"{float(x) * of:.6f}", f"{float(y) * of:.6f}"])


@pytest.mark.parametrize("name", LANDMARKS)
@pytest.mark.usefixtures("served")
def test_landmarks_that_do_not_fit_are_one_sentence(made_runs, given, tmp_path, capsys, name):
    spoil, sentence = LANDMARKS[name]
    lines = given[1].read_text().splitlines()
    spoil(lines)
    path = tmp_path / "landmarks.csv"
    path.write_text("\n".join(lines))
    assert program.main(["score", str(made_runs / "full"), f"--landmarks={path}"]) == 2
    said = capsys.readouterr()
    assert sentence in said.err and said.out == ""


def test_the_csv_is_read_with_its_columns_in_any_order(made_runs, given, served, tmp_path):
    with given[1].open() as file:
        rows = list(csv.DictReader(file))
    path = tmp_path / "landmarks.csv"
    with path.open("w") as file:
        writer = csv.DictWriter(file, ["y", "x", "point", "clip", "frame", "subject", "dataset"])
        writer.writeheader()
        writer.writerows(reversed(rows))
    tested = [videos.video(served, row, 64) for row in range(12)]
    for ours, theirs in zip(
        foreign.read_landmarks(given[1], tested), foreign.read_landmarks(path, tested), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
