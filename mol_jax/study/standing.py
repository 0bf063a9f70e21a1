"""How far a study is when a session starts: what is finished, and what goes on from where."""

from collections.abc import Mapping, Sequence

from mol_jax.study.study import Study
from mol_jax.text.words import shortened
from mol_jax.training.replicas import Replica


def starts(study: Study) -> dict[Replica, int | None]:
    """Returns the step that each replica goes on from, 0 for a new one, None for a finished one."""
    found: dict[Replica, int | None] = {}
    for one in study.replicas(study.trials):
        steps = study.trials[one.trial].config.train.steps
        if study.checkpoints.finished(one.name) is not None:
            found[one] = None
        elif study.checkpoints.has_final(one.name):
            found[one] = steps
        else:
            found[one] = study.checkpoints.step(one.name)
    return found


def sentence(study: Study, starts_: Mapping[Replica, int | None]) -> str:
    """Returns what is there already, "" of a study that starts anew."""
    finished = [one for one, step in starts_.items() if step is None]
    begun = {one: step for one, step in starts_.items() if step}
    what = "folds" if len({(one.trial, one.seed) for one in starts_}) == 1 else "replicas"
    if len(finished) == len(starts_):
        return (
            f"this run is finished: all its {len(starts_)} {what} are trained, and only its tables "
            "and its report are written again."
        )
    if not finished and not begun:
        return ""
    parts = [f"{len(finished)} of {len(starts_)} {what} are finished"]
    parts[0] += f" ({names(finished, what)})" * bool(finished)
    if begun:
        parts.append("; ".join(_from(study, one, step, what) for one, step in _shown(begun)))
    if len(begun) > len(_shown(begun)):
        parts.append(f"{len(begun) - len(_shown(begun))} more go on likewise")
    parts.append(f"{len(starts_) - len(finished) - len(begun)} start anew")
    return f"goes on where it was stopped: {', '.join(parts)}."


def names(replicas: Sequence[Replica], what: str) -> str:
    """Names some replicas, by their folds alone where that tells them apart."""
    return shortened([_name(one, what) for one in replicas], between=", ")


def _name(one: Replica, what: str) -> str:
    return one.fold.name if what == "folds" else one.name


def _shown(begun: Mapping[Replica, int]) -> list[tuple[Replica, int]]:
    return list(begun.items())[:4]


def _from(study: Study, one: Replica, step: int, what: str) -> str:
    steps = study.trials[one.trial].config.train.steps
    if step == steps:
        return f"{_name(one, what)} is trained and still to be predicted"
    return f"{_name(one, what)} goes on from step {step} of {steps}"
