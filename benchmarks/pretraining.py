"""What pre-training on generated faces is worth: the same studies from nothing and fine-tuned.

    python -m benchmarks.pretraining                                  # hours on two cores
    python -m benchmarks.pretraining --identities 100 --seeds 1 --studies clips

`mol_jax.pretrain` by configs/pretrain/generated.py, once for each number of identities, all with
the same updates; then each study from weights that were drawn and from those of each pre-training,
with the same updates again. Nothing else differs, so a difference is what the weights are worth:

- clips: the default generated clips (configs/synthetic.py), eight people left out in turn.
- photographs: motions warped into the photographs of two women (benchmarks/own_photographs.py,
  which needs scikit-image), made into ten people, in five folds.

A row has UF1 with its interval over people, its difference from nothing with p (whole people
permuted), and the linear SVM on the same clips' flow; EPE and NME of the clips that were left out.
Half of the people who are trained on share the photograph of one who is tested, so there flow and
landmarks say more than UF1. What is finished in --workdir is not done again.
"""

import csv
import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.torch_mol.results import count
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.whole import read_text
from mol_jax.scoring.comparison import compare_trials
from mol_jax.scoring.predictions import read_predictions
from mol_jax.text.tables import markdown

ROOT = Path(__file__).parents[1]
PRETRAINING = "configs/pretrain/generated.py"
NOTHING = "nothing"
OUTPUTS = ("--out=", "--data_dir=")
IDENTITIES = (100, 1000, 10_000)


@dataclasses.dataclass(frozen=True)
class Study:
    """A study that is run from each start. prepare: commands that make its clips, {} the folder."""

    config: str
    fields: tuple[str, ...] = ()
    prepare: tuple[tuple[str, ...], ...] = ()


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
    given = parser.parse_args(arguments)
    given.workdir = given.workdir.absolute()
    starts: dict[str, tuple[str, ...]] = {NOTHING: ()} | {
        f"{n:,} identities": (f"--config.init.weights={_pretrained(given, n)}",)
        for n in given.identities
    }
    for study in given.studies:
        print(f"\n{study}, {given.seeds} seeds\n\n{_table(given, study, starts)}", flush=True)
    print(f"\npeople never seen, of the pre-training itself\n\n{_unseen(given)}")
    return 0


def _pretrained(given: Any, identities: int) -> Path:
    """Pre-trains where it was not yet; returns the workdir."""
    place = given.workdir / f"pretrained_{identities}"
    if not (place / "metrics.json").exists():  # weights are there from the first look on
        fields = [f"--config.{field}" for field in given.set]
        identity = f"--config.pretrain.identities={identities}"
        config = (f"--config={PRETRAINING}", f"--workdir={place}")
        _call("mol_jax.pretrain", *config, identity, *fields)
    return place


def _table(given: Any, name: str, starts: Mapping[str, tuple[str, ...]]) -> str:
    """Runs a study from each start; returns its table."""
    study, folder = STUDIES[name], given.workdir / name
    for command in study.prepare:
        made = next(part.split("=", 1)[1] for part in command if part.startswith(OUTPUTS))
        if not Path(made.format(folder)).exists():
            _call(*(part.format(folder) for part in command))
    seeds = f"--config.seeds={tuple(range(given.seeds))}"
    fields = [field.format(folder) for field in study.fields]
    runs = {}
    for start, weights in starts.items():
        runs[start] = folder / start.replace(",", "").replace(" ", "_")
        if not (runs[start] / "metrics.json").exists():
            how = (f"--config={study.config}", f"--workdir={runs[start]}", seeds)
            _call("mol_jax.main", *how, *fields, *weights)
    header = ("from", "UF1, %", "against nothing", "EPE, px", "NME, %")
    return markdown(header, [*_rows(runs)])


def _rows(runs: dict[str, Path]) -> Iterator[tuple[str, ...]]:
    first = next(iter(runs.values()))
    for start, run in runs.items():
        metrics = json.loads(read_text(run / "metrics.json"))
        epe, nme = metrics["flow"]["epe"], metrics["landmarks"]["nme"]
        score = _score(metrics["pooled"], metrics["ci95"])
        yield start, score, _against(run, first), f"{epe:.3f}", f"{nme:.2f}"
    floor, flow, landmarks = (metrics[name] for name in ("baselines", "flow", "landmarks"))
    svm = floor["flow_svm"]
    zero, mean = f"{flow['epe_zero']:.3f}", f"{landmarks['nme_mean_face']:.2f}"
    yield "linear SVM on the flow", _score(svm, svm["ci95"]), "", "", ""
    yield "majority, zero flow, mean face", _score(floor["majority"], None), "", zero, mean


def _score(scores: dict[str, Any], interval: dict[str, Any] | None) -> str:
    text = f"{100 * scores['uf1']:.2f}"
    if interval:
        low, high = interval["uf1"]
        text += f" [{100 * low:.1f}, {100 * high:.1f}]"
    return text


def _against(run: Path, first: Path) -> str:
    if run == first:
        return ""
    ours, theirs = (read_predictions(one / "predictions.csv") for one in (run, first))
    test = compare_trials(ours, theirs, str(first))
    low, high = test["ci95"]
    interval = f"[{100 * low:.1f}, {100 * high:.1f}]"
    return f"{100 * test['difference']:+.2f} {interval}, p = {test['p']:.2g}"


def _unseen(given: Any) -> str:
    """Returns the last row of each pre-training's validation.csv, on people it never saw."""
    rows = []
    for identities in given.identities:
        path = given.workdir / f"pretrained_{identities}" / "validation.csv"
        last = [*csv.DictReader(read_text(path).splitlines())][-1]
        rows.append({"identities": f"{identities:,}"} | last)
    return markdown(tuple(rows[0]), [[*row.values()] for row in rows])


def _call(module: str, *arguments: str) -> None:
    """Runs a command of the project. Raises UserError where it fails."""
    print(f"python -m {module} {' '.join(arguments)}", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=False)
    if done.returncode:
        raise UserError(f"{module} ended with {done.returncode}; what it said is above.")


if __name__ == "__main__":
    leave(main())
