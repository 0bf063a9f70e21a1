"""What pre-training on generated faces is worth: the same studies from nothing and fine-tuned.

    python -m benchmarks.pretraining                                  # hours on two cores
    python -m benchmarks.pretraining --identities 100 --seeds 1 --studies clips
    python -m benchmarks.pretraining --identities 1000 --tasks flow --workdir runs/flow_alone

`mol_jax.pretrain` by configs/pretrain/generated.py, once for each number of identities, all with
the same updates; then each study from weights that were drawn and from those of each pre-training,
with the same updates again. Nothing else differs, so a difference is what the weights are worth:

- clips: the default generated clips (configs/synthetic.py), eight people left out in turn.
- photographs: motions warped into the photographs of two women (benchmarks/own_photographs.py,
  which needs scikit-image), made into ten people, in five folds.

A row has UF1 with its interval over people, its difference from nothing with p (whole people
permuted), and the linear SVM on the same clips' flow; EPE and NME of the clips that were left out,
and what they differ from nothing by, with intervals over people.
Half of the people who are trained on share the photograph of one who is tested, so there flow and
landmarks say more than UF1. What is finished in --workdir is not done again; a run
there that was made with other --tasks, --seeds or --set is refused.
"""

import dataclasses
import json
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.pretraining import table
from benchmarks.torch_mol.results import count
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.whole import read_text
from mol_jax.text.words import counted

ROOT = Path(__file__).parents[2]
PRETRAINING = "configs/pretrain/generated.py"
NOTHING = "nothing"
OUTPUTS = ("--out=", "--data_dir=")
PLACES = ("--config.init.weights=", "--config.data.dir=")  # which a moved folder has otherwise
IDENTITIES = (100, 1000, 10_000)


@dataclasses.dataclass(frozen=True)
class Study:
    """A study that is run from each start. prepare: commands that make its clips, {} the folder."""

    config: str
    fields: tuple[str, ...] = ()
    prepare: tuple[tuple[str, ...], ...] = ()


@dataclasses.dataclass(frozen=True)
class Tasks:
    """fields: that switch the others off, before and after. measure: that chooses the step."""

    fields: tuple[str, ...] = ()
    measure: str = ""


# Alone, as in Tables XIV and XV of the paper.
TASKS = {
    "all": Tasks(),
    "flow": Tasks(("--config.tasks.mer=False", "--config.tasks.landmarks=False"), "epe"),
    "landmarks": Tasks(("--config.tasks.mer=False", "--config.tasks.flow=False"), "nme"),
}
STUDIES = {
    "clips": Study("configs/synthetic.py"),
    "photographs": Study(
        "configs/folder_small.py",
        ("--config.data.dir={}/built",),
        (
            ("benchmarks.own_photographs", "--out={}/photographs"),
            (
                *(
                    "data_builders.build",
                    "folder",
                    "--source={}/photographs",
                    "--data_dir={}/built",
                ),
                *("--frames=2", "--size=72"),
            ),
        ),
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; start it again to go on.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(
        prog="python -m benchmarks.pretraining", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--workdir", type=Path, default=Path("runs/pretraining"))
    parser.add_argument("--identities", nargs="+", type=count, default=IDENTITIES)
    parser.add_argument("--seeds", type=count, default=3, help="of each study")
    parser.add_argument("--studies", nargs="+", choices=STUDIES, default=tuple(STUDIES))
    parser.add_argument("--set", nargs="*", default=(), metavar="FIELD=VALUE", help="pretraining")
    parser.add_argument("--tasks", choices=TASKS, default="all", help="that are learned [all]")
    given = parser.parse_args(arguments)
    given.workdir = given.workdir.absolute()
    pretrained = {f"{n:,}": _pretrained(given, n) for n in given.identities}
    starts: dict[str, tuple[str, ...]] = {NOTHING: ()} | {
        f"{n} identities": (f"--config.init.weights={place}",) for n, place in pretrained.items()
    }
    for study in given.studies:
        seeds = counted(given.seeds, "seed")
        print(f"\n{study}, {seeds}\n\n{_table(given, study, starts)}", flush=True)
    print(f"\npeople never seen, of the pre-training itself\n\n{table.unseen(pretrained)}")
    return 0


def _pretrained(given: Any, identities: int) -> Path:
    """Pre-trains where it was not yet; returns the workdir."""
    place, tasks = given.workdir / f"pretrained_{identities}", TASKS[given.tasks]
    measure = [f"--config.pretrain.measure={tasks.measure}"] * bool(tasks.measure)
    fields = [
        f"--config.pretrain.identities={identities}",
        *tasks.fields,
        *measure,
        *(f"--config.{field}" for field in given.set),
    ]
    if not _finished(place, fields):
        config = (f"--config={PRETRAINING}", f"--workdir={place}")
        _call("mol_jax.pretrain", *config, *fields)
    return place


def _finished(place: Path, fields: Sequence[str]) -> bool:
    """Tells whether a run is finished. Raises UserError where one was made with other fields."""
    if not (place / "metrics.json").exists():  # weights are there from the first look on
        return False
    words = shlex.split(json.loads(read_text(place / "config.json"))["command"])
    made, asked = (
        {word for word in of if word.startswith("--config.") and not word.startswith(PLACES)}
        for of in (words, fields)
    )
    if made != asked:
        ways = [
            f"{how} {' '.join(sorted(of))}"
            for how, of in (("made with", made - asked), ("made without", asked - made))
            if of
        ]
        raise UserError(
            f"{place} is finished and was {', '.join(ways)}: give the --tasks, --seeds and --set "
            "that it was made with, or another --workdir."
        )
    return True


def _table(given: Any, name: str, starts: Mapping[str, tuple[str, ...]]) -> str:
    """Runs a study from each start; returns its table."""
    study, folder = STUDIES[name], given.workdir / name
    for command in study.prepare:
        made = next(part.split("=", 1)[1] for part in command if part.startswith(OUTPUTS))
        if not Path(made.format(folder)).exists():
            _call(*(part.format(folder) for part in command))
    seeds = f"--config.seeds={tuple(range(given.seeds))}"
    fields = [*(field.format(folder) for field in study.fields), *TASKS[given.tasks].fields]
    runs = {}
    for start, weights in starts.items():
        runs[start] = folder / start.replace(",", "").replace(" ", "_")
        if not _finished(runs[start], [seeds, *fields, *weights]):
            how = (f"--config={study.config}", f"--workdir={runs[start]}", seeds)
            _call("mol_jax.main", *how, *fields, *weights)
    return table.of_study(runs)


def _call(module: str, *arguments: str) -> None:
    """Runs a command of the project. Raises UserError where it fails."""
    print(f"python -m {module} {' '.join(arguments)}", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=False)
    if done.returncode:
        raise UserError(f"{module} ended with {done.returncode}; what it said is above.")


if __name__ == "__main__":
    leave(main())
