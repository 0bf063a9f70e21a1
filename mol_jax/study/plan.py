"""The plan of a study before it starts: its waves, and what they take of memory and disk.

Numbers in, text out: devices and their memory are given, nothing here asks a machine for them.
"""

import dataclasses
from collections.abc import Callable, Sequence

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.settings.kind import Lowering
from mol_jax.settings.trials import Trial, compile_groups
from mol_jax.study import auto_group
from mol_jax.study.auto_group import Work
from mol_jax.text.tables import assignments
from mol_jax.text.words import counted
from mol_jax.training import footprint
from mol_jax.training.calibration import Choice
from mol_jax.training.footprint import Footprint

_LEAST = {"seeds": 1, "folds": 1, "clips": 2, "classes": 2, "devices": 1, "memory": 1}


@dataclasses.dataclass(frozen=True)
class GroupPlan:
    """How the trials of one compiled program are trained.

    replicas: trials × seeds × folds. devices: how many it uses. group: replicas that train side by
    side on each. steps: updates of a replica. footprint: bytes of a replica. choice: of the group,
    where runtime.group is auto.
    """

    trials: tuple[Trial, ...]
    replicas: int
    devices: int
    group: int
    steps: int
    footprint: Footprint
    choice: Choice | None = None

    @property
    def slots(self) -> int:
        """Returns how many replicas a wave has room for."""
        return self.devices * self.group

    @property
    def waves(self) -> int:
        """Returns how many waves train one after another."""
        return _ceil(self.replicas, self.slots)

    @property
    def updates(self) -> int:
        """Returns how many updates are made one after another, each of a whole wave."""
        return self.waves * self.steps

    @property
    def padding(self) -> int:
        """Returns how many slots of the last wave repeat a replica for nothing."""
        return self.waves * self.slots - self.replicas

    @property
    def memory(self) -> int:
        """Returns the bytes that each device needs."""
        return self.footprint.device(self.group)

    @property
    def states(self) -> int:
        """Returns the bytes of disk that the training state of a wave needs at most.

        A replica's older state is dropped when its newer one is written, so from the second time on
        one is there twice. By the clock, any logged step but the last may be saved.
        """
        train, width = self.trials[0].config.train, min(self.slots, self.replicas)
        every = train.log_every if train.save_minutes else train.save_every
        saves = (self.steps - 1) // every if every else 0
        return (width + (saves > 1)) * self.footprint.state if saves else 0

    @property
    def weights(self) -> int:
        """Returns the bytes of disk for the weights that are kept of its replicas."""
        return self.replicas * self.footprint.weights * self.trials[0].config.train.keep_weights


@dataclasses.dataclass(frozen=True)
class Plan:
    """The plan of trials × seeds × folds; compiled programs run one after another.

    folds: those that are trained now. memory: bytes that a program may use of each device, None
    where that is not known.
    """

    groups: tuple[GroupPlan, ...]
    seeds: int
    folds: int
    memory: int | None

    @property
    def replicas(self) -> int:
        """Returns trials × seeds × folds."""
        return sum(group.replicas for group in self.groups)

    @property
    def exceeding(self) -> tuple[GroupPlan, ...]:
        """Returns the groups that do not fit into memory; none where it is not known."""
        if self.memory is None:
            return ()
        return tuple(group for group in self.groups if group.memory > self.memory)


def make_plan(
    trials: Sequence[Trial],
    *,
    seeds: int,
    folds: int,
    clips: int,
    classes: int,
    devices: int,
    memory: int | None = None,
    lower: Callable[[int], Lowering] = footprint.lowered_as_on_accelerators,
    choose: Callable[[Work], Choice] | None = None,
) -> Plan:
    """Returns the plan of a study.

    folds: of the protocol; with `protocol.only` the plan is of those that it names. clips, classes:
    of the view. devices: how many there are. memory: bytes that a program may use of each of them,
    None where that is not known. lower: see `footprint.estimate`.
    choose: what runtime.group=auto comes to; as `auto_group.planned` knows it if not given.
    Raises UserError for a number that is too small.
    """
    _check(seeds=seeds, folds=folds, clips=clips, classes=classes, devices=devices, memory=memory)
    now = len(trials[0].config.protocol.only) or folds
    if now > folds:
        raise UserError(
            f"protocol.only names {now} folds, but there are {folds}; name some of them."
        )
    groups = []
    for group in compile_groups(trials):
        config = group[0].config
        every = len(group) * seeds * folds
        used = min(devices, every)
        choice = None
        if config.runtime.group == "auto":
            work = Work(config, clips=clips, classes=classes, replicas=every, devices=used)
            choice = (
                choose(work) if choose else auto_group.planned(work, memory=memory, lower=lower)
            )
        width = min(choice.group if choice else config.runtime.group, _ceil(every, used))
        plan = GroupPlan(
            trials=group,
            replicas=len(group) * seeds * now,
            devices=used,
            group=width,
            steps=config.train.steps,
            footprint=footprint.estimate(config, clips=clips, classes=classes, lower=lower),
            choice=choice,
        )
        groups.append(plan)
    return Plan(tuple(groups), seeds=seeds, folds=now, memory=memory)


def render(plan: Plan) -> str:
    """Returns the plan as text: a sentence, a line per compiled program, memory and disk."""
    return "\n".join(
        [_summary(plan), "", *_table(plan), "", *_chosen(plan), *_memory(plan), _disk(plan)]
    )


def _summary(plan: Plan) -> str:
    trials = sum(len(group.trials) for group in plan.groups)
    factors = f"{counted(trials, 'trial')} × {counted(plan.seeds, 'seed')} × "
    programs = f" of {len(plan.groups)} compiled programs" if len(plan.groups) > 1 else ""
    group = max(group.group for group in plan.groups)
    side_by_side = f", each of {group} replicas on a device" if group > 1 else ""
    waves, updates = (sum(getattr(g, name) for g in plan.groups) for name in ("waves", "updates"))
    return (
        f"{counted(plan.replicas, 'replica')} ({factors}{counted(plan.folds, 'fold')}) in "
        f"{counted(waves, 'wave')}{programs} on "
        f"{counted(max(group.devices for group in plan.groups), 'device')}: {updates:,} updates "
        f"one after another{side_by_side}."
    )


def _table(plan: Plan) -> list[str]:
    header = ["replicas", "devices × group", "waves", "updates", "padding", "memory of a device"]
    rows = [
        [
            f"{group.replicas:,}",
            f"{group.devices} × {group.group}",
            f"{group.waves:,}",
            f"{group.updates:,}",
            str(group.padding),
            written(group.memory),
        ]
        for group in plan.groups
    ]
    if plan.memory is not None:
        header[-1] += f" ({written(plan.memory)})"
        header.append("largest group")
        for row, group in zip(rows, plan.groups, strict=True):
            row.append(f"{group.footprint.largest_group(plan.memory):,}")
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    right = [
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in (header, *rows)
    ]
    names = ["trials", *map(_trials, plan.groups)]
    named = [f"{line}  {name}" for line, name in zip(right, names, strict=True)]
    return named if len(plan.groups) > 1 else right


def _trials(group: GroupPlan) -> str:
    """Names the trials of a compiled program, and what sets it apart from the other programs."""
    numbers = [trial.number for trial in group.trials]
    names = ", ".join(map(str, numbers))
    if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        names = f"{numbers[0]}–{numbers[-1]}"
    trial = group.trials[0]
    fields = settings.declared(trial.config.model.network)
    fixed = {name: value for name, value in trial.values.items() if not fields[name].traced}
    return f"{names}: {assignments(fixed)}"


def _chosen(plan: Plan) -> list[str]:
    """Says what runtime.group=auto comes to, and why; nothing where the group is given."""
    several = len(plan.groups) > 1
    return [
        f"runtime.group=auto{f', trials {_trials(group)}' if several else ''}: {group.choice}."
        for group in plan.groups
        if group.choice
    ]


def _memory(plan: Plan) -> list[str]:
    """Says what the bytes of a device are made of, and where they are too many."""
    largest = max(plan.groups, key=lambda group: group.memory)
    part = largest.footprint
    lines = [
        f"Memory: {written(part.table)} for the clips and, for each replica, {written(part.state)} "
        f"for its state and {written(part.update_of(largest.group))} for an update (estimated)."
    ]
    if plan.memory is None or not plan.exceeding:
        return lines
    fits = min(group.footprint.largest_group(plan.memory) for group in plan.exceeding)
    advice = (
        f"runtime.group={fits} is the largest that fits"
        if fits
        else "not even one replica fits, so lower train.batch_size or set model.dtype=bfloat16"
    )
    return [*lines, f"Too much for a device with {written(plan.memory)}: {advice}."]


def _disk(plan: Plan) -> str:
    weights = sum(group.weights for group in plan.groups)
    kept = f"{written(weights)} of weights are kept" if weights else "no weights are kept"
    states = max(group.states for group in plan.groups)
    saved = f"up to {written(states)} of training state" if states else "no training state"
    train = plan.groups[0].trials[0].config.train  # all trials share when to save
    by_clock = states and train.save_minutes and not train.save_every
    long = f" for longer than {train.save_minutes:g} minutes" if by_clock else ""
    return f"Disk: {kept}, and {saved} while a wave trains{long}."


def written(size: int) -> str:
    """Writes bytes for a reader: 6.3 GiB, 27.6 MiB."""
    return f"{size / 2**30:,.1f} GiB" if size >= 2**30 / 10 else f"{size / 2**20:.1f} MiB"


def _check(**given: int | None) -> None:
    for name, value in given.items():
        if value is not None and value < _LEAST[name]:
            raise UserError(f"{name} is {value}; a plan needs at least {_LEAST[name]}.")


def _ceil(number: int, by: int) -> int:
    return -(-number // by)
