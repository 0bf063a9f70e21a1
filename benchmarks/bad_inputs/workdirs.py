"""Workdirs: damaged files of a finished run, and folders that hold none.

Each is a copy of a run trained for four steps, whose accuracy is 22.22 %: whatever still prints a
score must print this one.
"""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.bad_inputs import damage, material, places
from benchmarks.bad_inputs.case import Case

MAIN, SCORE, REPORT, DENSE, FLOOR = (
    f"mol_jax.{name}" for name in ("main", "score", "report", "dense", "floor")
)
TABLES = ("config.json", "metrics.json", "predictions.csv", "dense.csv", "history.csv")
OTHERS = (
    "flow_svm.csv",
    "runtime.json",
    "report.md",
    "checkpoints/trial0/seed0/sub01/predicted.npz",
)
# A session that finds a file to be mended writes the results again, from what is whole.
MAY_CHANGE = {MAIN: "run/.*", REPORT: "run/figures.*", DENSE: "", SCORE: ""}
SHAPES = {"[]": b"[]", "null": b"null", "a number": b"3", "{}": b"{}", "half of it": b'{"config": '}
DONE = r"report: \S+report.md|report.html|pairs of 9 videos"  # what the commands end with


def cases() -> Iterator[Case]:
    """All cases."""
    yield from _damaged()
    yield from _json()
    yield from _others()
    yield from _theirs()


def arguments(command: str, run: Path) -> list[str]:
    """The command line that reads a run again."""
    if command == MAIN:
        data = material.FOLDER / "data"
        return [material.config(), *material.fields(data), f"--workdir={run}"]
    if command == SCORE:
        return [str(run / "predictions.csv")]
    if command == DENSE:
        return ["export", str(run), f"--out={run.parent / 'out'}"]
    return [str(run)]


def _case(command: str, what: str, spoil: Callable[[Path], object], **ends) -> Case:
    def make(folder: Path) -> list[str]:
        run = material.copy_of_run(folder)
        spoil(run)
        return arguments(command, run)

    ends = {"may_change": MAY_CHANGE[command]} | ends
    return Case(command=command, what=what, make=make, needs=True, **ends)


def _damaged() -> Iterator[Case]:
    kinds = ("cut", "zeroed from the middle", "bits flipped", "empty", "a page of HTML", "a folder")
    for name, kind, command in product((*TABLES, *OTHERS), kinds, (REPORT, MAIN)):

        def spoil(run: Path, name: str = name, kind: str = kind) -> None:
            damage.spoil(run / name, kind)

        right = DONE if command == REPORT else "22[.]22"
        yield _case(command, f"{Path(name).name} that is {kind}", spoil, code=None, right=right,
                    says=Path(name).name.partition(".")[0])  # fmt: skip
    for kind in kinds:
        yield _case(SCORE, f"predictions.csv that is {kind}",
                    lambda run, k=kind: damage.spoil(run / "predictions.csv", k),
                    code=None, right="Predicted classes|damaged|lack",
                    says="predictions")  # fmt: skip
        yield _case(DENSE, f"a kept file that is {kind}",
                    lambda run, k=kind: damage.spoil(next(run.glob("kept/**/*.npz")), k),
                    code=None, right=DONE, says="kept|npz|sub01")  # fmt: skip


def _json() -> Iterator[Case]:
    for name, (what, data), command in product(
        ("config.json", "metrics.json", "runtime.json"), SHAPES.items(), (REPORT, MAIN)
    ):

        def spoil(run: Path, name: str = name, data: bytes = data) -> None:
            (run / name).write_bytes(data)

        right = DONE if command == REPORT else "22[.]22"
        yield _case(command, f"{name} that is {what}", spoil, code=None, right=right,
                    says=name.partition(".")[0])  # fmt: skip


def _others() -> Iterator[Case]:
    """Files that are not there, and flags that ask for what the run has not."""
    for name, command in product(TABLES, (REPORT, DENSE)):
        yield _case(command, f"no {name}", lambda run, n=name: (run / n).unlink(), code=None,
                    right=DONE, says=name.partition(".")[0])  # fmt: skip
    asked = (
        (REPORT, ["--subjects=sub01"]), (REPORT, ["--faces", "--subjects=nobody"]),
        (DENSE, ["figures", "--clips=a/b/c"]), (DENSE, ["figures", "--clips="]),
        (DENSE, ["figures", "--clips=synthetic/sub01/EP01_01f", "--pair=0"]),
        (DENSE, ["figures", "--clips=synthetic/sub01/EP01_01f", "--pair=9"]),
        (DENSE, ["figures", "--clips=synthetic/sub01/EP01_01f", "--pair=nan"]),
        (DENSE, ["figures", "--clips=synthetic/sub01/EP01_01f", "--subjects=sub01"]),
        (DENSE, ["figures", "--clips=synthetic/sub02/EP01_01f"]), (DENSE, ["score", "--name="]),
    )  # fmt: skip
    for command, words in asked:

        def make(folder: Path, words: list[str] = words) -> list[str]:
            run = material.copy_of_run(folder)
            out = [f"--out={folder / 'out'}"] if words[0] == "figures" else []
            first = words[:1] if not words[0].startswith("-") else []
            return [*first, str(run), *words[len(first) :], *out]

        yield Case(command=command, what=" ".join(words), make=make, needs=True)
    files = {what: at for what, at in places.FILES_TO_WRITE.items() if "links" not in what}
    for (command, flag), bad in {
        (REPORT, "--out"): files, (DENSE, "--out"): places.FOLDERS_TO_WRITE,
        (DENSE, "--data_dir"): places.FOLDERS_TO_READ,
    }.items():  # fmt: skip
        for what, place in bad.items():

            def at(folder: Path, place=place, command=command, flag=flag) -> list[str]:
                words = arguments(command, material.copy_of_run(folder))
                return [*words, f"{flag}={place(folder)}"]

            # Python's parser takes the last of two --out.
            yield Case(command=command, what=f"{flag}: {what}", make=at, needs=True)


def _theirs() -> Iterator[Case]:
    """Others' flow and landmarks beside a run's."""
    header, clip = "dataset,subject,clip,frame,point,x,y\n", "synthetic,sub01,EP01_01f"
    tables = {
        "empty": "",
        "a header alone": header,
        "other columns": "a,b\n1,2\n",
        "other clips": f"{header}a,b,c,1,1,2,3\n",
        "x that is nan": f"{header}{clip},1,1,nan,3\n",
        "a point 99": f"{header}{clip},1,99,1,3\n",
        "a frame 1e99": f"{header}{clip},1e99,1,1,3\n",
    }
    for what, text in tables.items():

        def make(folder: Path, text: str = text) -> list[str]:
            (folder / "l.csv").write_text(text)
            run = material.copy_of_run(folder)
            return ["score", str(run), f"--landmarks={folder / 'l.csv'}"]

        yield Case(
            command=DENSE, what=f"landmarks: {what}", make=make, needs=True, says="l.csv|--land"
        )
    arrays: dict[str, Callable[[Path], object]] = {
        "no file": lambda place: None,
        "an empty .npy": lambda place: (place / "EP01_01f.npy").touch(),
        "a .npy of one dimension": lambda place: np.save(place / "EP01_01f.npy", np.zeros(3)),
        "a .npy of nan": lambda place: np.save(place / "x.npy", np.full((64, 64, 2), np.nan)),
        "a .npy of objects": lambda place: np.save(place / "x.npy", np.array([{}], object)),
    }
    for what, write in arrays.items():

        def flow(folder: Path, write: Callable[[Path], object] = write) -> list[str]:
            (folder / "flow").mkdir()
            write(folder / "flow")
            return ["score", str(material.copy_of_run(folder)), f"--flow={folder / 'flow'}"]

        yield Case(command=DENSE, what=f"flow: {what}", make=flow, needs=True)
    folders = {
        "a file": places.COMMON["below a file"],
        **places.FOLDERS_TO_WRITE,
    }
    for what, place in folders.items():

        def workdir(folder: Path, place: places.Make = place) -> list[str]:
            fields = material.fields(material.FOLDER / "data")
            return [material.config(), *fields, f"--workdir={place(folder)}"]

        if what != "an empty path":  # as if it was not given
            yield Case(command=MAIN, what=f"--workdir: {what}", make=workdir, needs=True)
    for change in ("train.steps=5", "seeds=(1,)", "model.width=32", "optim.eps=1e-3",
                   "data.generate.clips=2"):  # fmt: skip

        def other(folder: Path, change: str = change) -> list[str]:
            return [*arguments(MAIN, material.copy_of_run(folder)), f"--config.{change}"]

        yield Case(command=MAIN, what=f"another run's workdir: {change}", make=other, needs=True)
