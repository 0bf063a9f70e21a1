"""Every flag of every command with values that it cannot take."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.bad_inputs import material, places, tables
from benchmarks.bad_inputs.case import Case
from mol_jax import settings

NUMBERS = ("nan", "-1", "1e99", "x", "", "1.5", "0", "inf")
Base = Callable[[Path], list[str]]
DOCTOR, BUILD, SYNTHETIC, CONVERT = (
    f"data_builders.{name}" for name in ("doctor", "build", "synthetic", "convert")
)
MAIN, SCORE, REPORT, FLOOR, DENSE, ATTAINABLE = (
    f"mol_jax.{name}" for name in ("main", "score", "report", "floor", "dense", "paper.attainable")
)
PLAN, SWEEP, TABLES = (f"launch.{name}" for name in ("plan", "sweep", "tables"))


def _scored(folder: Path) -> list[str]:
    (folder / "t.csv").write_text(tables.text())
    return [str(folder / "t.csv")]


def _source(folder: Path) -> list[str]:
    return ["casme2", f"--source={material.clips()}", f"--data_dir={folder / 'data'}"]


def _own(folder: Path) -> list[str]:
    return ["folder", f"--source={material.clips()}", f"--data_dir={folder / 'data'}"]


def _out(folder: Path) -> list[str]:
    return [f"--out={folder / 'out'}"]


def _configured(name: str = "casme2") -> Base:
    return lambda folder: [material.config(name), f"--config.data.dir={folder / 'data'}"]


def _like(name: str) -> Base:
    return lambda folder: [f"--like={name}", "--blank", *_out(folder)]


def cases() -> Iterator[Case]:
    """All cases."""
    yield from _numbers()
    yield from _choices()
    yield from _places()
    yield from _words()
    yield from _fields()


def _flag(command: str, flag: str, value: str, base: Base, **ends) -> Case:
    def make(folder: Path) -> list[str]:
        return [*base(folder), f"{flag}={value}"]

    name = flag.lstrip("-").rpartition(".")[2]
    ends = {"says": f"{name}|{name.replace('_', '-')}"} | ends
    return Case(command=command, what=f"{flag}={value}", make=make, **ends)


NUMERIC: Mapping[tuple[str, str], tuple[Base, Sequence[str]]] = {
    # flag: what stands before it, and values of NUMBERS that are right for it
    (DOCTOR, "--frames"): (_source, ()),
    (DOCTOR, "--size"): (_source, ()),
    (DOCTOR, "--phases"): (_source, ("0",)),
    (DOCTOR, "--sample"): (_source, ()),
    (DOCTOR, "--workers"): (_source, ()),
    (DOCTOR, "--max_missed"): (_source, ("0",)),
    (BUILD, "--frames"): (_source, ()),
    (BUILD, "--size"): (_source, ()),
    (BUILD, "--phases"): (_source, ("0",)),
    (BUILD, "--workers"): (_source, ()),
    (BUILD, "--max_missed"): (_source, ("0",)),
    (SYNTHETIC, "--subjects"): (_out, ()),
    (SYNTHETIC, "--clips"): (_out, ()),
    (SYNTHETIC, "--seed"): (_out, ("0",)),
    (SYNTHETIC, "--workers"): (_out, ()),
    (SYNTHETIC, "--frames"): (_out, ()),
    (SYNTHETIC, "--amplitude"): (_out, ()),
    (SYNTHETIC, "--image_size"): (_like("casme2"), ()),
    (SCORE, "--trial"): (_scored, ("0",)),
    (SCORE, "--seed"): (_scored, ("0",)),
    (PLAN, "--folds"): (_configured(), ()),
    (PLAN, "--clips"): (_configured(), ()),
    (PLAN, "--classes"): (_configured(), ()),
    (PLAN, "--devices"): (_configured(), ()),
    (PLAN, "--memory_gib"): (_configured(), ("1.5",)),
}


def _numbers() -> Iterator[Case]:
    for (command, flag), (base, taken) in NUMERIC.items():
        for value in NUMBERS:
            if value not in taken:
                yield _flag(command, flag, value, base)


def _choices() -> Iterator[Case]:
    bases: Mapping[tuple[str, str], Base] = {
        (DOCTOR, "--alignment"): _source,
        (DOCTOR, "--flow"): _source,
        (DOCTOR, "--sampling"): _source,
        (BUILD, "--alignment"): _source,
        (BUILD, "--flow"): _source,
        (BUILD, "--sampling"): _source,
        (SYNTHETIC, "--like"): _out,
        (SYNTHETIC, "--emotions"): _out,
        (SYNTHETIC, "--workbook"): _like("casme2"),
        (SYNTHETIC, "--release"): _like("affwild2"),
        (SYNTHETIC, "--trees"): _like("casme2"),
        (SYNTHETIC, "--doubled"): _like("casme2"),
        (SCORE, "--format"): _scored,
        (SCORE, "--task"): _scored,
        (SCORE, "--feasible"): lambda folder: [],
        (SCORE, "--columns"): lambda folder: [*_scored(folder), "--format=latex"],
        (MAIN, "--mode"): _configured(),
        (SWEEP, "--engine"): _configured("sweeps/lr_lambda"),
        (TABLES, "--size"): lambda folder: ["--tables=VIII", f"--workdir={folder / 'w'}"],
        (TABLES, "--tables"): lambda folder: [f"--workdir={folder / 'w'}"],
    }
    for (command, flag), base in bases.items():
        for value in ("", "nonsense", "0", "a,b", "é\u202e"):
            yield _flag(command, flag, value, base)


def _places() -> Iterator[Case]:
    """Paths. A folder of nothing but the case's own is looked at before and after."""
    read_folder, write_folder = places.FOLDERS_TO_READ, places.FOLDERS_TO_WRITE
    read_file, write_file = places.FILES_TO_READ, places.NEW_FILES_TO_WRITE
    flags: Mapping[tuple[str, str], tuple[Base, Mapping[str, places.Make]]] = {
        (DOCTOR, "--source"): (lambda folder: ["casme2"], read_folder),
        (DOCTOR, "--labels"): (_own, read_file),
        (DOCTOR, "--predictor"): (_source, read_file),
        (BUILD, "--source"): (lambda folder: ["casme2"], read_folder),
        (BUILD, "--labels"): (_own, read_file),
        (BUILD, "--predictor"): (_source, read_file),
        (BUILD, "--data_dir"): (_source, _without(write_folder, "somebody's folder")),
        (SYNTHETIC, "--out"): (lambda folder: ["--subjects=2", "--clips=1"], write_folder),
        (CONVERT, "--workbook"): (
            lambda folder: ["casme3", f"--source={material.clips()}", f"--out={folder / 'l.csv'}"],
            read_file,
        ),
        (SCORE, "--megc_log"): (_scored, _without(write_file, "a file that is there")),
        (REPORT, ""): (lambda folder: [], read_folder),
        (DENSE, "export"): (_out, read_folder),
        (DENSE, "figures"): (lambda folder: [*_out(folder), "--clips=a/b/c"], read_folder),
        (DENSE, "score"): (lambda folder: [f"--flow={folder}"], read_folder),
        (MAIN, "--config"): (lambda folder: [], read_file),
        (FLOOR, "--config"): (lambda folder: [], read_file),
        (PLAN, "--config"): (lambda folder: [], read_file),
        (SWEEP, "--config"): (lambda folder: [], read_file),
        (MAIN, "--config.data.check_csv"): (_configured(), _without(read_file, "an empty path")),
        (MAIN, "--config.data.dir"): (lambda folder: [material.config("casme2")], read_folder),
        (FLOOR, "--config.data.dir"): (lambda folder: [material.config("casme2")], read_folder),
        (FLOOR, "--out"): (_configured(), write_file),
        (TABLES, "--workdir"): (
            lambda folder: ["--tables=VIII"], _without(write_folder, "somebody's folder")
        ),
    }  # fmt: skip
    for (command, flag), (base, bad) in flags.items():
        for what, place in bad.items():
            yield _at(command, flag, base, what, place)


def _at(command: str, flag: str, base: Base, what: str, place: places.Make) -> Case:
    def make(folder: Path) -> list[str]:
        path = place(folder)
        if flag.startswith("--"):
            return [*base(folder), f"{flag}={path}"]
        return [word for word in (flag, path) if word or word == path] + base(folder)

    return Case(command=command, what=f"{flag or 'workdir'}: {what}", make=make)


def _without(bad: Mapping[str, places.Make], *whats: str) -> dict[str, places.Make]:
    return {what: place for what, place in bad.items() if what not in whats}


def _words() -> Iterator[Case]:
    """Words that no command has, and flags that lack what they need or contradict others."""
    bases = {
        MAIN: _configured(), FLOOR: _configured(), PLAN: _configured(), SCORE: _scored,
        SWEEP: _configured("sweeps/lr_lambda"), REPORT: lambda folder: [str(folder)],
        TABLES: lambda folder: ["--tables=VIII", f"--workdir={folder / 'w'}"],
        DOCTOR: _source, BUILD: _source, SYNTHETIC: _out, ATTAINABLE: lambda folder: [],
        DENSE: lambda folder: ["export", str(folder), *_out(folder)],
        CONVERT: lambda folder: ["casme3", "--workbook=x", "--source=y"],
    }  # fmt: skip
    odd = ("--no_such_flag=1", "--no_such_flag", "-", "stray words", "--", "---x", "-x", "--=1")
    for command, base in bases.items():
        for word in odd:
            if word in ("-", "--") or (word == "stray words" and command == SCORE):
                continue

            def make(folder: Path, base: Base = base, word: str = word) -> list[str]:
                return [*base(folder), word]

            yield Case(command=command, what=f"the word {word!r}", make=make)
        if command != ATTAINABLE:
            yield Case(command=command, what="nothing at all", make=lambda folder: [])
    names = ("", "casmeII", "CASME2", "casme", "mmew", "4dme", "casme3", "folder ", "é", "../x")
    for command, name in itertools.product((DOCTOR, BUILD), names):
        yield Case(command=command, what=f"the dataset {name!r}",
                   make=lambda folder, n=name: [n, f"--source={material.clips()}"])  # fmt: skip
    together = (
        (SCORE, ["--tasks", "--trial=0"]), (SCORE, ["--feasible=uf1=80,n=10", "--seed=0"]),
        (SCORE, ["--feasible=uf1=nan,n=10"]), (SCORE, ["--feasible=uf1=800,n=10"]),
        (SCORE, ["--feasible=uf1=80,n=1e9"]), (SCORE, ["--feasible=uf1=80,counts=1/x"]),
        (SCORE, ["--compare_trial=1"]), (SCORE, ["--tasks", "--format=csv"]),
        (TABLES, ["--tables=VIII,VIII", "--workdir=w"]), (TABLES, ["--tables=I", "--workdir=w"]),
        (SYNTHETIC, ["--out=x", "--blank"]), (SYNTHETIC, ["--out=x", "--train=3"]),
        (DENSE, []), (DENSE, ["nonsense"]), (DENSE, ["score", "run"]),
        (CONVERT, ["casme2", "--workbook=x", "--source=y"]),
        (CONVERT, ["mmew", "--workbook=x", "--source=y"]),
    )  # fmt: skip
    for command, words in together:
        yield Case(command=command, what=" ".join(words), make=lambda folder, w=words: w)


def _fields() -> Iterator[Case]:
    """Every config field with values of another kind, or out of its range."""
    for name, field in settings.declared("mol").items():
        for value in ("nan", "-1", "1e99", "x", "", "(1,'a')", "{}"):
            if not _taken(field.rule.allows, value):
                yield _flag(MAIN, f"--config.{name}", value, _configured())
    for name in ("optim.lr", "data", "model.", ".seeds", "", "data.name.x", "Seeds", "é"):
        yield _flag(MAIN, f"--config.{name}", "1", _configured(), says="field|flag|config")


def _taken(allows: Callable[[object], bool], text: str) -> bool:
    """Tells whether a field may be a text, or the number that it is."""
    return any(allows(value) for value in (text, (text,), _number(text)))


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text
