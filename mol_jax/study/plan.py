"""The plan of a study before it starts: its waves, and what they take of memory and disk.

Numbers in, text out: devices and their memory are given, nothing here asks a machine for them.
"""

import dataclasses
from collections.abc import Callable, Sequence

from mol_jax.errors import UserError
from mol_jax.settings.kind import Lowering
from mol_jax.settings.trials import Trial, compile_groups
from mol_jax.study import auto_group
from mol_jax.study.auto_group import Work
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


def _check(**given: int | None) -> None:
    for name, value in given.items():
        if value is not None and value < _LEAST[name]:
            raise UserError(f"{name} is {value}; a plan needs at least {_LEAST[name]}.")


def _ceil(number: int, by: int) -> int:
    return -(-number // by)
