"""What runtime.group=auto comes to: as remembered, by memory alone, or timed now.

Timed is the training program itself, on the study's own clips, before it trains for the first time
(`mol_jax.training.calibration`). Choices are remembered beside the compiled programs.
"""

import dataclasses
import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
from ml_collections import ConfigDict

from mol_jax.networks.network import Scalars
from mol_jax.settings.find import source
from mol_jax.settings.kind import Lowering
from mol_jax.study import remembered_groups
from mol_jax.study.versions import code
from mol_jax.training import calibration, footprint, timing
from mol_jax.training.calibration import Choice
from mol_jax.training.devices import (
    computed_on,
    device_memory,
    machine_memory,
    resolve_loop,
    resolve_lowering,
)
from mol_jax.training.engine import Engine
from mol_jax.training.program import make_program
from mol_jax.training.replicas import Replica

HOST_SHARE = 0.5  # of the memory of a machine whose devices tell of none, as CPUs


@dataclasses.dataclass(frozen=True)
class Work:
    """What a group is chosen for.

    config: checked. clips, classes: of the view. replicas: of one compiled program, of all folds.
    devices: how many train at once.
    """

    config: ConfigDict
    clips: int
    classes: int
    replicas: int
    devices: int

    @property
    def key(self) -> dict[str, Any]:
        """Returns what a choice depends on beside the machine."""
        program = make_program(self.config, num_classes=self.classes)
        text = re.sub(r" at 0x[0-9a-f]+", "", repr(program))
        return {
            "program": hashlib.sha256(text.encode()).hexdigest()[:16],
            "code": code(),
            "network": source(self.config.model.network),
            "loop": self.config.runtime.loop,
            "chunk": self.config.train.log_every,
            "clips": self.clips,
            "samples": 1 + self.config.data.phases,
            "replicas": self.replicas,
            "devices": self.devices,
        }

    def fitting(
        self, memory: int | None, lower: Callable[[int], Lowering]
    ) -> tuple[list[int], str]:
        """Returns the groups that a device has memory for, and why there are no larger ones.

        memory: bytes of a device, None where that is not known. One replica is always tried.
        """
        every = calibration.candidates(self.replicas, self.devices)
        if memory is None or len(every) == 1:
            return every, ""
        bytes_of = footprint.estimate(
            self.config, clips=self.clips, classes=self.classes, lower=lower
        ).device
        for place, group in enumerate(every):
            if bytes_of(group) > memory:
                needs, has = bytes_of(group) / 2**30, memory / 2**30
                limit = f"{group} side by side need {needs:.1f} of a device's {has:.1f} GiB"
                return every[: max(1, place)], limit
        return every, ""


def machine(devices: int) -> dict[str, Any]:
    """Returns what a choice depends on of this machine."""
    memory = memory_here(devices)
    return {
        **computed_on(),
        "memory_gib": None if memory is None else round(memory / 2**30),
        "jax": jax.__version__,
    }


def memory_here(devices: int) -> int | None:
    """Returns the bytes that training may use of each of some devices of this machine.

    As the device tells; of a CPU, an equal part of half the machine's memory, or of a container's.
    None where neither is known.
    """
    told, whole = device_memory(), machine_memory()
    if told is not None or whole is None:
        return told
    return int(HOST_SHARE * whole) // devices


def planned(
    work: Work,
    *,
    memory: int | None,
    lower: Callable[[int], Lowering],
    here: bool = False,
) -> Choice:
    """Returns what a plan knows of the choice; nothing is timed.

    It is as remembered, of any machine unless `here`; or else the largest that fits into `memory`,
    1 where that is not known.
    """
    known = work.key | (machine(work.devices) if here else {})
    found = remembered_groups.find(remembered_groups.place_of(work.config), known)
    if found:
        choice, of = found
        on = "" if here else f" on {of.get('device', 'another machine')}"
        more = f"as timed before{on}"
        return dataclasses.replace(choice, limit="; ".join(filter(None, [choice.limit, more])))
    if memory is None:
        return Choice(
            1,
            limit="nothing was timed yet, and a device's memory is not known; training times "
            "larger groups too, once",
        )
    groups, limit = work.fitting(memory, lower)
    larger = limit or "all fit into memory"
    return Choice(
        groups[-1], limit=f"by memory alone: {larger}; training times smaller ones too, once"
    )


def known(work: Work) -> int | None:
    """Returns the group that is remembered for this machine, None where none is."""
    found = remembered_groups.find(
        remembered_groups.place_of(work.config), work.key | machine(work.devices)
    )
    return found[0].group if found else None


def timed(
    work: Work,
    *,
    engine: Callable[[int], Engine],
    replicas: Sequence[Replica],
    scalars: Sequence[Scalars],
    say: Callable[[str], None],
) -> Choice:
    """Returns the group to train with here: as remembered, or timed now and remembered.

    engine: makes that of a group. replicas, scalars: what there is to train. say: takes the line
    that tells of the choice.
    """
    path, of = remembered_groups.place_of(work.config), work.key | machine(work.devices)
    found = remembered_groups.find(path, of)
    if found:
        say(f"runtime.group=auto: {found[0]}, as remembered in {path}.")
        return found[0]

    def lower(group: int) -> Lowering:
        return resolve_lowering(group, loop=work.config.runtime.loop)

    groups, limit = work.fitting(memory_here(work.devices), lower)
    if len(groups) == 1:
        choice = Choice(1, limit=limit or "a device trains one replica")
        say(f"runtime.group=auto: {choice}.")
        return choice
    named = ", ".join(map(str, groups))
    say(f"runtime.group=auto: {named} are timed, until larger ones gain nothing; each is compiled.")
    chunk = work.config.train.log_every if resolve_loop(work.config.runtime.loop) == "scan" else 0

    def seconds(group: int) -> float:
        made = engine(group)
        wave = made.wave(replicas[: made.slots], scalars[: made.slots])
        spent, _ = timing.time_updates(made, wave, timing.some_state(made), chunk=chunk)
        return spent.update

    choice = calibration.choose(groups, seconds, replicas=work.replicas, devices=work.devices)
    if choice.timings[-1].group == groups[-1]:  # else larger ones would gain nothing
        choice = dataclasses.replace(choice, limit=choice.limit or limit)
    kept = remembered_groups.add(path, of, choice)
    say(f"runtime.group=auto: {choice}, {_where(path, kept)}.")
    return choice


def _where(path: Path | None, kept: bool) -> str:
    if kept:
        return f"remembered in {path}"
    return f"not remembered: {path} cannot be written" if path else "not remembered (no cache_dir)"
