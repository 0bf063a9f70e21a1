"""Teaches a run to spot: its networks' features in micro-expressions against all other times.

    python -m mol_jax.learned --workdir=RUN --videos=data/long
    python -m mol_jax.learned --workdir=RUN --videos=data/long --test=data/spot --test=data/neutral
    python -m mol_jax.learned --workdir=RUN --test=data/spot --test=data/neutral

VIDEOS holds recordings and an `intervals.csv`, as python -m data_builders.synthetic.long makes
them. It writes RUN/spotter/learned.json, by which `python -m mol_jax.predict --spot=learned` spots.
--test measures F1 and false alarms on recordings of other people; predictions say these figures.
Without --videos what was learned before is tested. See docs/spotting.md.
"""

import argparse
import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import checked, typed

if TYPE_CHECKING:
    from rich.console import Console

    from mol_jax.learned.watched import Opened, Set
    from mol_jax.predicting.learned import Learned
    from mol_jax.predicting.models.model import Model
    from mol_jax.scoring.spotting.table import Stretch


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    return exit_code(lambda: _run(argv), stopped="stopped; run the same command again.")


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    run = checked(given.workdir)
    taught = typed(given.videos, "--videos") if given.videos else None
    tests = [typed(text, "--test") for text in given.test]
    _refuse(given, taught, tests)
    from mol_jax.learned import watched  # noqa: PLC0415  bad flags come first
    from mol_jax.predicting import learned  # noqa: PLC0415

    if taught is None:
        learned.refuse_absent(run)
    sets = [
        None if at is None else watched.find(at, given.rate, given.most) for at in (taught, *tests)
    ]
    tested = [one for one in sets[1:] if one]
    if sets[0] is not None:
        _refuse_same(_origin(sets[0]), tested)
    from mol_jax.predicting.models.model import load_model  # noqa: PLC0415  with it comes JAX
    from mol_jax.terminal.out import console  # noqa: PLC0415

    model = load_model(run, calibrate=given.calibrate)
    spotter = learned.read(model) if sets[0] is None else _taught(model, sets[0], console())
    if sets[0] is not None:
        print(f"written: {learned.write(spotter, run)}")
    if tests:
        _refuse_same(spotter.trained, tested)
        spotter = _tested(model, spotter, tested, console())
        learned.write(spotter, run)
    print(_told(spotter))
    return 0


def _refuse(given: argparse.Namespace, taught: Path | None, tests: Sequence[Path]) -> None:
    """Raises UserError for flags that cannot be, before anything is loaded."""
    if taught is None and not tests:
        raise UserError("there is no --videos to learn from and no --test: give one or both")
    if taught in tests:
        raise UserError(
            f"--test is {taught}, which is learned from: give recordings of other people"
        )
    if given.most is not None and given.most < 1:
        raise UserError(f"--most is {given.most}; expected a number of recordings, 1 or more")
    if given.rate is not None and not (math.isfinite(given.rate) and given.rate > 0):
        raise UserError(f"--rate is {given.rate:g}; expected frames a second, above 0")


def _taught(model: "Model", of: "Set", out: "Console") -> "Learned":
    """Returns what is learned from a set."""
    from mol_jax.learned import fitting, watched  # noqa: PLC0415  scikit-learn: a second
    from mol_jax.predicting import learned  # noqa: PLC0415
    from mol_jax.predicting.reading import detection  # noqa: PLC0415

    windows = watched.taught(model, of, detection.own_detector(), out)
    fitted = fitting.fit(windows)
    return learned.Learned(
        mean=tuple(fitted.mean.tolist()),
        scale=tuple(fitted.scale.tolist()),
        weights=tuple(fitted.weights.tolist()),
        bias=fitted.bias,
        threshold=fitted.threshold,
        duration=watched.DURATION,
        stride=watched.STRIDE,
        of=learned.fingerprint(model),
        temperature=model.about.temperature,
        trained={
            **_origin(of),
            "recordings": len(of.recordings),
            "people": len(set(windows.people.tolist())),
            "windows": len(windows.true),
            "in an expression": int(windows.true.sum()),
            "versions": _versions(),
        },
        fitted=fitted.figures,
    )


def _tested(model: "Model", spotter: "Learned", sets: "Sequence[Set]", out: "Console") -> "Learned":
    """Returns the spotter with its figures on other recordings; writes what it spotted."""
    from mol_jax.learned import tested  # noqa: PLC0415
    from mol_jax.predicting.reading import detection  # noqa: PLC0415

    detector = detection.own_detector()
    read, found, true = list["Opened"](), list["Stretch"](), list["Stretch"]()
    for one in sets:
        opened, spotted = tested.spotted(model, spotter, one, detector, out)
        read += opened
        found += spotted
        true += one.true
    drawn = all(_origin(one)["generated"] for one in sets)
    figures = tested.figures(read, found, true)
    return dataclasses.replace(spotter, tested=figures, tested_on_drawn=drawn)


def _refuse_same(taught: dict[str, Any], sets: "Sequence[Set]") -> None:
    """Raises UserError for a set that was drawn as the one that is learned from."""
    for one in sets:
        seed = _origin(one).get("seed")
        if seed is not None and seed == taught.get("seed"):
            raise UserError(
                f"{one.folder} was drawn with the seed {seed}, as what was learned from: it has "
                "the same people; draw another with another --seed"
            )


def _origin(of: "Set") -> dict[str, Any]:
    """Returns which set it is: its folder's name, and the seed of a drawn one."""
    from data_builders.annotations.annotation import GENERATED_MARKER  # noqa: PLC0415
    from mol_jax.files.whole import read_text  # noqa: PLC0415

    marker = of.folder / GENERATED_MARKER
    if not marker.is_file():
        return {"set": of.folder.name, "generated": False}
    try:
        held = json.loads(read_text(marker))
        return {"set": of.folder.name, "generated": True, "seed": int(held["seed"])}
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{marker} is damaged ({error!r}): draw the set again") from error


def _versions() -> dict[str, str]:
    import jax  # noqa: PLC0415
    import numpy  # noqa: PLC0415
    import sklearn  # noqa: PLC0415

    return {one.__name__: one.__version__ for one in (jax, numpy, sklearn)}


def _told(spotter: "Learned") -> str:
    """Says what was learned, and how well."""
    trained, fitted = spotter.trained, spotter.fitted
    kind = "GENERATED recordings" if trained["generated"] else "recordings"
    auc, f1 = (
        f"{100 * fitted[name]:.1f} [{', '.join(f'{100 * x:.1f}' for x in fitted[f'{name}_ci95'])}]"
        for name in ("auc", "f1")
    )
    return (
        f"learned from {trained['recordings']} {kind} of {trained['people']} people, "
        f"{trained['in an expression']} of {trained['windows']} windows in a micro-expression; "
        f"people left out: AUC {auc}, F1 of windows {f1} (said always: "
        f"{100 * fitted['f1_if_always']:.1f}).\n{spotter.line}."
    )


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mol_jax.learned",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--workdir", required=True, help="folder of a finished run")
    add("--videos", help="folder of recordings to learn from, with intervals.csv")
    add("--test", action="append", default=[], help="folder of others; may be given twice")
    add("--most", type=int, help="take the first so many recordings of each folder [all]")
    add("--rate", type=float, help="frames a second, of folders of images")
    add("--calibrate", help="a run of the same config that leaves people out, as in predict")
    return parser


if __name__ == "__main__":
    leave(main())
