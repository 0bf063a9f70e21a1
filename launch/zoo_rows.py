"""The rows of the zoo table: which networks there are, and the run of each on each view.

A network is a config of configs/networks/, and MOL, whose config is configs/composite.py. On
another view it keeps its recipe: only the clips and the number of classes are others.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from launch import table_data, table_runs, table_small
from launch.table_runs import ROOT, TableRun
from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.settings import command_line
from mol_jax.settings.unread import shows_apex
from mol_jax.text.words import shortened

MOL = {"mol": "composite"}  # by the zoo's name: the config that is not in configs/networks/
POINTS = 10  # steps of a run at which the leaky column looks at the tested people
# Groups of fields that make up a network's recipe: set for all rows, they would make it another's.
RECIPE = ("model", "loss", "augment", "optim", "train", "tasks")
APEX = "data.apex_source"  # not set where nothing that is read depends on the apex
# Groups of fields of what only steps have.
OF_STEPS = ("selection", "train", "optim", "loss", "augment", "init")
SET_HERE = ("seeds", "data.name", "data.view", "selection.leaky_oracle")


@dataclass(frozen=True)
class Row:
    """A network on a view.

    config: its file below configs/. run: None where that is `broken`, which says why. without: what
    it does not take, of several seeds, steps, leaky points and an apex.
    """

    network: str
    dataset: str
    view: str
    config: str
    run: TableRun | None
    without: tuple[str, ...] = ()
    broken: str = ""

    @property
    def on(self) -> str:
        """Returns the view as --views names it."""
        return f"{self.dataset}/{self.view}"

    @property
    def name(self) -> str:
        """Returns the name of its run."""
        return f"{self.network} on {self.on}"


def known() -> dict[str, str]:
    """Returns every network's config by its name."""
    files = sorted((ROOT / "configs" / "networks").glob("*.py"))
    return MOL | {path.stem: f"networks/{path.stem}" for path in files if path.stem[0] != "_"}


def usual() -> list[str]:
    """Returns the networks of a table that names none: all but other budgets of the same one."""
    configs = known()
    variants = [
        name
        for name, config in configs.items()
        if name not in MOL and _network_of(config) in set(configs) - {name}
    ]
    return [name for name in configs if name not in variants]


def _network_of(config: str) -> str:
    fields = settings.flatten(command_line.load(ROOT / "configs" / f"{config}.py"))
    return str(fields.get("model.network"))


def plan(
    networks: Sequence[str],
    views: Sequence[tuple[str, str]],
    folder: Path,
    fields: Sequence[str],
    *,
    seeds: Sequence[int],
    small: bool,
) -> list[Row]:
    """Returns the rows in the order of views, then networks.

    fields: to be set in every run, as "--config.predict.batch_size=4"; the last one counts. seeds:
    of every network that has any. small: whether the networks, their steps and the data are.
    Raises UserError for a field that is wrong or would change one recipe into another's, a folder
    that holds another run, or configs that read clips of several folders.
    """
    configs = known()
    whole = [configs[name] for name in networks if not _broken(configs[name], folder)]
    if whole:
        _check(fields, whole, small=small)
    rows = [
        _row(network, configs[network], view, folder, fields, seeds=seeds, small=small)
        for view in views
        for network in networks
    ]
    _refuse_several_folders(rows)
    return rows


def _refuse_several_folders(rows: Sequence[Row]) -> None:
    """Raises UserError where rows read clips of several folders: they may be other clips."""
    of: dict[str, list[str]] = {}
    for row in rows:
        if row.run:
            of.setdefault(str(row.run.call.config.data.dir), []).append(row.network)
    if len(of) > 1:
        each = [f"{place} ({shortened([*dict.fromkeys(names)])})" for place, names in of.items()]
        raise UserError(
            f"the rows would not be of the same clips: their configs read {', '.join(each)}; name "
            "one folder for all with --config.data.dir=DIR."
        )


def _check(fields: Sequence[str], configs: Sequence[str], *, small: bool) -> None:
    """Raises UserError for fields that the command sets itself, or that are a recipe's own."""
    names = command_line.overrides(fields)
    for name in names:
        if name in SET_HERE:
            raise UserError(
                f"--config.{name} is set by this command: by --views, --seeds, or for the leaky "
                "column; leave it out."
            )
        if small and name == "data.dir":
            raise UserError("--size=small draws its own clips; leave --config.data.dir out.")
    free = {name for name in names if name.partition(".")[0] not in RECIPE}
    free |= set(table_small.ZOO) if small else set()
    table_runs.refuse_the_rows_own(configs, fields, but=free)


def _row(
    network: str,
    config: str,
    view: tuple[str, str],
    folder: Path,
    fields: Sequence[str],
    *,
    seeds: Sequence[int],
    small: bool,
) -> Row:
    dataset, name = view
    broken = _broken(config, folder)
    if broken:
        return Row(network, dataset, name, config, None, broken=broken)
    base: dict[str, Any] = {"data.name": dataset, "data.view": name}
    own = table_runs.call(config, folder, table_runs.settings_of(base)).config
    has_seeds, has_steps = _can(config, folder, base, own)
    if not has_steps:
        fields = [text for text in fields if not is_of_steps(text)]
    has_apex = shows_apex(own)
    if not has_apex:
        fields = [text for text in fields if not is_of_apex(text)]
    if small:
        base |= table_small.of_network(own, folder, steps=has_steps)
    if has_seeds and tuple(seeds) != tuple(own.seeds):
        base["seeds"] = tuple(seeds)
    arguments = [*table_runs.settings_of(base), *fields]
    every = _every(table_runs.call(config, folder, arguments).config) if has_steps else 0
    if every and "selection.every" not in command_line.overrides(fields):
        base["selection.every"] = every
    if every:
        base["selection.leaky_oracle"] = True
    where = folder / re.sub(r"[^\w.-]+", "_", f"{dataset}_{name}") / network
    arguments = [*table_runs.settings_of(base), *fields]
    run = table_runs.planned(config, where, arguments, name=f"{network} on {dataset}/{name}")
    lacks = {"seeds": has_seeds, "steps": has_steps, "points": every > 0, "apex": has_apex}
    without = tuple(word for word, has in lacks.items() if not has)
    return Row(network, dataset, name, config, run, without)


def _broken(config: str, folder: Path) -> str:
    """Returns what is wrong with a config as it lies there, "" of one that can be run."""
    try:
        table_runs.call(config, folder, ())
    except UserError as error:
        return str(error)
    return ""


def _can(config: str, folder: Path, base: Mapping[str, Any], own: ConfigDict) -> tuple[bool, bool]:
    """Tells whether a config takes several seeds, and other steps: an SVM has neither."""
    tries: list[dict[str, Any]] = [{"seeds": (0, 1)}, {"train.steps": 2 * own.train.steps}]
    accepted = []
    for values in tries:
        try:
            table_runs.call(config, folder, table_runs.settings_of({**base, **values}))
        except UserError:
            accepted.append(False)
        else:
            accepted.append(True)
    return accepted[0], accepted[1]


def is_of_steps(field: str) -> bool:
    """Tells whether a field to set, as --config.train.steps=100, is of what only steps have."""
    return command_line.overrides([field])[0].partition(".")[0] in OF_STEPS


def is_of_apex(field: str) -> bool:
    """Tells whether a field to set says which frame is the apex."""
    return command_line.overrides([field])[0] == APEX


def _every(config: ConfigDict) -> int:
    """Returns the steps between two points of the leaky column; 0 where there is one point only."""
    if not config.tasks.mer:
        return 0
    log = config.train.log_every
    every = max(log, config.train.steps // POINTS // log * log)
    return every if every < config.train.steps else 0


def refuse_undrawn(rows: Sequence[Row]) -> None:
    """Raises UserError for a row whose clips --size=small has no drawing of."""
    for row in rows:
        for dataset in table_data.datasets(row.run.call.config) if row.run else ():
            if dataset not in table_data.DRAW:
                raise UserError(
                    f"--size=small draws clips of {', '.join(table_data.DRAW)} and their "
                    f"composite, not of {dataset}; leave {row.on} out of --views."
                )
