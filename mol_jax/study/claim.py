"""Who may write to a workdir: one process, that trains the study which is there or a first one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict
from rich.console import Console

from mol_jax import settings
from mol_jax.data.identity import refuse_other_data
from mol_jax.errors import UserError
from mol_jax.files import place
from mol_jax.files.lock import locked
from mol_jax.files.whole import write_json
from mol_jax.reporting.finished_run import is_config
from mol_jax.scoring import measure
from mol_jax.scoring.measure import Measure
from mol_jax.settings import pretraining
from mol_jax.settings.find import source
from mol_jax.settings.trials import Trial
from mol_jax.study.given import Source
from mol_jax.study.versions import git_commit, versions
from mol_jax.study.workdir import Workdir
from mol_jax.terminal.sentence import say
from mol_jax.text.tables import assignments
from mol_jax.text.words import counted
from mol_jax.weights.record import Record, checksums, of_config


def check(
    folder: Path,
    trials: Sequence[Trial],
    *,
    new: bool,
    weights: Mapping[int, Source] | None = None,
) -> None:
    """Raises UserError unless `folder` holds these trials, or `new` ones may start there.

    weights: the files that trials start from, by their numbers; None where that is not asked.

    Reads only, and is quick: it comes before any work.
    """
    try:
        has_run, taken = place.look(folder)
    except OSError as error:
        raise UserError(
            f"{folder} cannot be read ({error.strerror}); let it be read, or choose another "
            "--workdir."
        ) from error
    if has_run:
        held = _read_config(folder / "config.json")
        _refuse_other_study(folder, held, trials)
        if weights is not None:
            now = {trial: one.weights.sha256 for trial, one in weights.items()}
            _refuse_other_weights(folder, checksums(of_config(held)), now, trials)
    elif not new:
        raise UserError(
            f"{folder} holds no run (no config.json); check --workdir, or train it first with "
            "--mode=train."
        )
    elif taken:
        raise UserError(taken)


@contextmanager
def claim(
    folder: Path,
    trials: Sequence[Trial],
    fingerprint: dict[str, Any],
    *,
    measures: Sequence[Measure],
    command: str,
    computed_on: Mapping[str, str],
    console: Console,
    weights: Sequence[Record] | None = None,
) -> Iterator[Workdir]:
    """Holds a checked workdir for this process, with config.json written.

    measures: of the networks of all trials. computed_on: as `devices.computed_on` has it. weights:
    what the trials start from, None where nothing is started.

    Says on the console where the file system lets another process hold it too. A run that goes on
    under other versions, another commit or on another machine is noted under "sessions".
    Raises UserError if it holds a run on other data or of other measures, another process holds
    it, or the measures cannot stand together.
    """
    measure.check(measures)
    session = {
        "versions": versions(),
        "git_commit": git_commit(),
        "computed_on": dict(computed_on),
    }
    with locked(folder) as note:
        if note:
            say(console, note)
        path = folder / "config.json"
        if path.exists():
            held = _read_config(path)
            _refuse_other_study(folder, held, trials)  # again: another process may have come first
            refuse_other_data(folder, held["dataset"], fingerprint)
            _refuse_other_measures(folder, measure.read(path, held), measures)
            if weights is not None:
                before = checksums(of_config(held))
                _refuse_other_weights(folder, before, checksums(weights), trials)
            if session != held["sessions"][-1]:
                write_json(path, {**held, "sessions": [*held["sessions"], session]})
        else:
            content = {
                "config": _plain(trials[0].config.to_dict()),
                "trials": _recorded(trials),
                "measures": measure.recorded(measures),
                "network_sha256": _source(trials),
                **session,
                "dataset": fingerprint,
                "weights": list(weights or ()),
                "command": command,
                "sessions": [session],
            }
            write_json(path, content)
        yield Workdir(folder, measures)


def weights(folder: Path) -> list[Record]:
    """Returns what the config.json of a run has recorded of the weights that trials started from.

    A run from before there were any has none.
    """
    return of_config(_read_config(folder / "config.json"))


def _refuse_other_weights(
    folder: Path, held: Mapping[int, str], now: Mapping[int, str], trials: Sequence[Trial]
) -> None:
    for trial in trials:
        before, found = (sums.get(trial.number, "none") for sums in (held, now))
        if before != found:
            raise UserError(
                f"{folder} holds a run that started from other weights: init.weights "
                f"({trial.config.init.weights}) had the SHA-256 {before[:12]}…, and now has "
                f"{found[:12]}…; choose another --workdir, or put the file back as it was."
            )


def _refuse_other_config(folder: Path, held: dict[str, Any], wanted: dict[str, Any]) -> None:
    held = settings.flatten(ConfigDict(held))
    known = settings.FIELDS | pretraining.FIELDS
    free = {name for name, field in known.items() if field.free}
    names = sorted((held.keys() | wanted.keys()) - free)
    different = [name for name in names if held.get(name) != wanted.get(name)]
    if different:
        name = different[0]
        more = f" and {len(different) - 1} more fields differ" if different[1:] else ""
        raise UserError(
            f"{folder} holds a run with {name} = {held.get(name)!r}, not {wanted.get(name)!r}"
            f"{more}; choose another --workdir, or delete this one to start again."
        )


def _source(trials: Sequence[Trial]) -> str:
    """Returns the checksum of a user's own network, which all trials share; "" for one of ours."""
    return source(trials[0].config.model.network)


def _refuse_other_study(folder: Path, held: dict[str, Any], trials: Sequence[Trial]) -> None:
    network = trials[0].config.model.network
    same = settings.flatten(held["config"]).get("model.network") == network
    if same and held.get("network_sha256", "") != _source(trials):
        raise UserError(
            f"{folder} holds a run of another {network}: its file has changed since; choose "
            "another --workdir, or put the file back as it was."
        )
    _refuse_other_config(folder, held["config"], _plain(settings.flatten(trials[0].config)))
    _refuse_other_trials(folder, held, _recorded(trials))


def _recorded(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    return _plain([{"trial": trial.number, "values": trial.values} for trial in trials])


def _refuse_other_trials(folder: Path, held: dict[str, Any], wanted: list[dict[str, Any]]) -> None:
    found = held["trials"]
    if len(found) != len(wanted):
        what = f"a study of {counted(len(found), 'trial')}, not of {counted(len(wanted), 'trial')}"
    elif found != wanted:
        odd = [held != new for held, new in zip(found, wanted, strict=True)].index(True)
        has, asked = (assignments(one[odd]["values"]) for one in (found, wanted))
        what = f"another sweep (its trial {odd} has {has}, not {asked})"
    else:
        return
    raise UserError(
        f"{folder} holds {what}; choose another --workdir, or delete this one to start again."
    )


def _refuse_other_measures(
    folder: Path, held: Sequence[Measure], wanted: Sequence[Measure]
) -> None:
    if tuple(held) != tuple(wanted):
        before, now = (", ".join(one.name for one in of) or "none" for of in (held, wanted))
        raise UserError(
            f"{folder} holds a run whose network had other measures ({before}; now {now}); choose "
            "another --workdir, or delete this one to start again."
        )


def _read_config(path: Path) -> dict[str, Any]:
    """Reads a config.json. Raises UserError unless it is one."""
    try:
        held = json.loads(path.read_text())
        if is_config(held):
            return held
        reason = "it is no run's config.json"
    except (OSError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
    raise UserError(
        f"{path} cannot be read ({reason}); choose another --workdir, or delete this one to start "
        "again."
    )


def _plain(tree: Any) -> Any:
    """Returns `tree` as JSON gives it back: tuples become lists."""
    return json.loads(json.dumps(tree))
