"""A pre-training from its config to its weights and its report."""

import dataclasses
import functools
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import jax
from ml_collections import ConfigDict
from rich.console import Console

from mol_jax import settings
from mol_jax.data.identity import identity
from mol_jax.errors import UserError
from mol_jax.files.place import typed
from mol_jax.networks.network import Scalars
from mol_jax.pretraining import facts, held, page, release
from mol_jax.pretraining.held_out import HeldOut, held_out, sign_of
from mol_jax.pretraining.log import TEXT
from mol_jax.pretraining.room import Room, devices_of, scalars_of
from mol_jax.pretraining.source import Sources
from mol_jax.pretraining.sources import open_sources
from mol_jax.pretraining.train import train
from mol_jax.pretraining.validation import Points
from mol_jax.settings import pretraining
from mol_jax.settings.find import BUILT_IN
from mol_jax.settings.trials import Trial
from mol_jax.study import claim
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.terminal.sentence import say
from mol_jax.text.words import counted
from mol_jax.training import contract, unused_gpu
from mol_jax.training.devices import computed_on, describe_device, machine_memory
from mol_jax.training.program import Program, make_program
from mol_jax.training.spread import Spread
from mol_jax.training.timing import memory_refused

KEPT = 3 / 4  # of the machine's memory, for clips that are kept; training takes some too


def run(config: ConfigDict, folder: Path, *, command: str, console: Console) -> dict[str, Any]:
    """Trains what is not trained yet; writes weights, tables and the report.

    Returns the content of metrics.json. Raises UserError for a config, clips or a workdir that do
    not fit, and where training diverges.
    """
    with _opened(config, folder, command=command, console=console) as room:
        _announce(room)
        name = held.replica_name(room.seed)
        if room.checkpoints.has_final(name):
            room.say("this pre-training is finished: its tables and its report are written again.")
            like = room.spread.shapes(room.first, room.rows)
            state = room.checkpoints.restore_final(name, like)
        else:
            with _memory_refused(config):
                state = train(room)
            room.checkpoints.save_final(name, state)
        room.checkpoints.tidy(name)
        release.write(room, state)
        return page.write(room, state)


@contextmanager
def _opened(config: ConfigDict, folder: Path, *, command: str, console: Console) -> Iterator[Room]:
    """Opens the clips and the workdir, which this process then holds."""
    trials = [Trial(0, {}, config)]
    _refuse_too_much(config.pretrain.keep)
    claim.check(folder, trials, new=True)
    devices = devices_of(config)
    sources = open_sources(config, typed(config.data.dir, "data.dir"))
    program, scalars = _program(config, sources)
    spread = Spread(program, scalars, devices)
    measures = program.network.measures
    sign = sign_of(config.pretrain.measure, measures, mer=config.tasks.mer)
    first = facts.first_clips(sources.train, config.pretrain.facts, config.pretrain.workers)
    if config.model.network not in BUILT_IN:
        name = config.model.network
        contract.check(program, scalars, first, name=name, mer=config.tasks.mer)
    fingerprint = facts.fingerprint(config, sources, first)
    held_folder = claim.claim(
        folder,
        trials,
        fingerprint,
        measures=measures,
        command=command,
        computed_on=computed_on(deterministic=config.runtime.deterministic),
        console=console,
    )
    with held_folder as files:
        out = _held_out(config, sources, program, fingerprint)
        tag = {0: f"{identity(config, fingerprint)}-{_of_group(config)}"}
        yield Room(
            config=config,
            program=program,
            scalars=scalars,
            source=sources.train,
            first=first,
            rows=facts.rows_of(first, config.seeds[0]),
            held_out=out,
            spread=spread,
            files=files,
            checkpoints=Checkpoints(folder / "checkpoints", tag),
            points=Points(folder, out.names, measure=config.pretrain.measure, sign=sign),
            fingerprint=fingerprint,
            say=functools.partial(_say, console, folder / TEXT),
        )


def _refuse_too_much(keep: float) -> None:
    """Raises UserError where more GB of clips would be kept than the machine has memory for."""
    memory = machine_memory()
    if memory is not None and keep * 1e9 > KEPT * memory:
        raise UserError(
            f"pretrain.keep is {keep:g} GB, and this machine (or its container) has "
            f"{memory / 1e9:.1f} GB for everything; give up to {KEPT * memory / 1e9:.1f}, 0 for "
            "clips that are drawn or read anew in each epoch."
        )


def _memory_refused(config: ConfigDict) -> AbstractContextManager[None]:
    """Turns a device that is out of memory into one sentence."""
    return memory_refused(
        f"a device ran out of memory with train.batch_size={config.train.batch_size}; what was "
        "saved before is intact: give a smaller --config.predict.batch_size if it was trained, "
        "or else a smaller train.batch_size, or more devices, and another --workdir."
    )


def _program(config: ConfigDict, sources: Sources) -> tuple[Program, Scalars]:
    """Returns the program, whose state holds the weights of the best step, and its scalars."""
    program = make_program(config, num_classes=len(sources.train.classes))
    return dataclasses.replace(program, keeps_best=True), scalars_of(settings.scalars(config))


def _held_out(
    config: ConfigDict, sources: Sources, program: Program, fingerprint: dict[str, Any]
) -> HeldOut:
    return held_out(
        sources.held_out,
        measures=program.network.measures,
        mer=config.tasks.mer,
        frames=config.data.frames,
        seed=config.seeds[0],
        workers=config.pretrain.workers,
        fingerprint=fingerprint,
    )


def _of_group(config: ConfigDict) -> str:
    """Returns what tells config.pretrain from others, but for what changes no result."""
    bound = {
        name: settings.flatten(config)[name]
        for name, field in pretraining.FIELDS.items()
        if not field.free
    }
    return facts.checksum(bound)


def _say(console: Console, log: Path, text: str) -> None:
    """Prints a sentence, and keeps it in log.txt."""
    say(console, text)
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        raise UserError(
            f"cannot write in {log} ({error.strerror}); what was saved before is intact: make "
            "room, then run the same command to go on."
        ) from error


def _announce(room: Room) -> None:
    """Says what is trained, on what, and from which step."""
    config, print_ = room.config, room.fingerprint
    what = "GENERATED clips" if print_["generated"] else "clips"
    room.say(
        f"pre-training of {config.model.network} on {len(room.source)} {what} "
        f"({config.data.name} {config.data.view}), {print_['n_held_out']} held out; "
        f"{config.train.steps} steps of {config.train.batch_size} clips on "
        f"{counted(room.spread.devices, 'device')} ({describe_device()})"
    )
    note = unused_gpu.note(jax.default_backend())
    if note:
        room.say(note)
    step = room.checkpoints.step(held.replica_name(room.seed))
    if step:
        room.say(f"going on from step {step}")
