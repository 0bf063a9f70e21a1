"""Fields that are each allowed and cannot stand together, refused with one sentence."""

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.fields import FIELDS
from mol_jax.settings.find import find
from mol_jax.settings.parts import is_in, part_rates

COMPOSITE = "composite"  # data.name of several datasets, as in data_builders/views/view.py


def check_together(config: ConfigDict) -> None:
    """Raises UserError for fields that contradict each other, or of which one lacks another."""
    if not any(config.tasks.values()):
        raise UserError("tasks.mer, tasks.flow and tasks.landmarks are all False; turn one on.")
    _check_samples(config)
    _check_steps(config)
    _check_schedule(config)
    _check_optimiser(config)
    _check_protocol(config)
    _check_untested(config)
    _check_selection(config)
    _check_init(config)


def _check_samples(config: ConfigDict) -> None:
    """Raises UserError for phases that are used and not there, or a term without its head."""
    for field, value in (("train.phase", "random"), ("predict.phases", "all")):
        group, name = field.split(".")
        if config[group][name] == value and not config.data.phases:
            raise UserError(
                f"{field} is {value}, but data.phases is 0: set data.phases to how many shifted "
                "samples of a clip there shall be."
            )
    if config.train.sampler == "balanced" and config.loss.logit_adjustment:
        raise UserError(
            f"train.sampler is balanced and loss.logit_adjustment is {config.loss.logit_adjustment}"
            ": either makes up for the classes' frequencies, both do so twice; choose one."
        )
    if config.loss.auxiliary != "none" and not config.tasks.mer:
        raise UserError(
            f"loss.auxiliary is {config.loss.auxiliary}, a term on the head of tasks.mer, which is "
            "off; turn it on or set loss.auxiliary=none."
        )
    for term in ("center", "triplet", "cosface"):
        if config.loss[term] and not config.tasks.mer:
            raise UserError(
                f"loss.{term} is {config.loss[term]:g}, a term on the head of tasks.mer, which is "
                f"off; turn it on or set loss.{term}=0."
            )


def _check_steps(config: ConfigDict) -> None:
    if config.train.save_every % config.train.log_every:
        raise UserError(
            f"train.save_every is {config.train.save_every}, which is no multiple of "
            f"train.log_every ({config.train.log_every}); a checkpoint is written between chunks."
        )
    if config.train.steps % config.train.log_every:
        raise UserError(
            f"train.steps is {config.train.steps}, which is no multiple of train.log_every "
            f"({config.train.log_every}); the last chunk would be compiled on its own."
        )


def _check_schedule(config: ConfigDict) -> None:
    """Raises UserError for a warm-up that does not end, or an end that is never gone to."""
    optim, steps = config.optim, config.train.steps
    if optim.warmup >= steps:
        raise UserError(
            f"optim.warmup is {optim.warmup}, but training ends after train.steps = {steps}; give "
            "less, so that the learning rate is reached."
        )
    if optim.final_share and optim.schedule == "constant":
        raise UserError(
            f"optim.final_share is {optim.final_share:g}, which changes nothing while "
            "optim.schedule is constant; set optim.schedule=cosine or leave it 0."
        )


def _check_optimiser(config: ConfigDict) -> None:
    """Raises UserError for two decays at once, or a number of the optimiser that is not chosen."""
    optim = config.optim
    if optim.l2 and optim.weight_decay:
        raise UserError(
            f"optim.l2 is {optim.l2:g} and optim.weight_decay is {optim.weight_decay:g}: the first "
            "decays parameters through their gradients, the second beside them; set one of them "
            "to 0."
        )
    if optim.name == "adam" and optim.momentum:
        raise UserError(
            f"optim.momentum is {optim.momentum:g}, which changes nothing while optim.name is "
            "adam, whose own is optim.b1; set optim.name=sgd or leave it 0."
        )
    for name in ("b1", "b2", "eps"):
        adams = FIELDS[f"optim.{name}"].paper
        if optim.name == "sgd" and optim[name] != adams:
            raise UserError(
                f"optim.{name} is {optim[name]:g}, which changes nothing while optim.name is sgd; "
                f"set optim.name=adam or leave it {adams:g}."
            )


def _check_protocol(config: ConfigDict) -> None:
    """Raises UserError unless the two sides are given for "cross", and for nothing else."""
    protocol = config.protocol
    if protocol.name != "cross":
        for side in ("train", "test"):
            if protocol[side]:
                raise UserError(
                    f"protocol.{side} is {_names(protocol[side])}, which protocol.name="
                    f"{protocol.name} does not use; set protocol.name=cross, or leave it empty."
                )
        return
    for side in ("train", "test"):
        if not protocol[side]:
            raise UserError(
                f"protocol.name is cross, but protocol.{side} is empty; name the datasets to "
                f"{side} on, as ('{'casme2' if side == 'train' else 'smic'}',)."
            )
    both = [name for name in protocol.train if name in protocol.test]
    if both:
        raise UserError(
            f"{_names(both)} is in protocol.train and in protocol.test; a dataset stands on one "
            "side."
        )
    if config.data.name != COMPOSITE:
        raise UserError(
            f"protocol.name is cross, but data.name is {config.data.name}; set data.name="
            f"{COMPOSITE} and data.view to the views of both sides, joined by '+'."
        )


def _check_untested(config: ConfigDict) -> None:
    """Raises UserError where "all", which tests nobody, is asked for what testing gives."""
    if config.protocol.name != "all":
        return
    if config.selection.name == "inner":
        raise UserError(
            "protocol.name is all and selection.name is inner, but people who are held in to "
            "choose a step are not trained on: choose train.steps by a run with "
            "protocol.name=loso, and set selection.name=fixed."
        )
    if config.selection.leaky_oracle:
        raise UserError(
            "protocol.name is all and selection.leaky_oracle is on, which chooses by people who "
            "are tested, and nobody is; turn it off."
        )
    if config.predict.keep:
        raise UserError(
            "protocol.name is all and predict.keep names clips, but they are kept when they are "
            "tested, and none is; leave it empty."
        )
    if find(config.model.network).method is not None:
        raise UserError(
            f"protocol.name is all, but model.network={config.model.network} is fitted at once and "
            "leaves no weights, so nothing would come of it; choose a network that is trained in "
            "steps, or another protocol."
        )


def _check_selection(config: ConfigDict) -> None:
    """Raises UserError where points of evaluation are asked for and cannot be, or are not used."""
    selection, steps = config.selection, config.train.steps
    inner, oracle, every = selection.name == "inner", selection.leaky_oracle, selection.every
    asks = "selection.name is inner" if inner else "selection.leaky_oracle is on"
    if (inner or oracle) and not config.tasks.mer:
        raise UserError(f"{asks}, but tasks.mer is off: there is no score to choose by.")
    if every and not (inner or oracle):
        raise UserError(
            f"selection.every is {every}, which changes nothing with a fixed budget; set "
            "selection.name=inner or selection.leaky_oracle=True, or leave it 0."
        )
    if oracle and not every:
        raise UserError(
            "selection.leaky_oracle is on, but selection.every is 0, which leaves one point to "
            "choose from; set selection.every to the steps between two points."
        )
    if every % config.train.log_every:
        raise UserError(
            f"selection.every is {every}, which is no multiple of train.log_every "
            f"({config.train.log_every}); predictions are made between chunks."
        )
    if every >= steps:
        raise UserError(
            f"selection.every is {every}, but training ends after train.steps = {steps}; give "
            "less, so that there are points to choose from."
        )


def _check_init(config: ConfigDict) -> None:
    """Raises UserError for parts drawn anew where all are, or for one that is asked two things."""
    init = config.init
    if init.fresh and not init.weights:
        raise UserError(
            f"init.fresh is {_names(init.fresh)}, which changes nothing without init.weights: all "
            "parts are drawn; give weights or leave it empty."
        )
    rated = [part for part, _ in part_rates(config)]
    twice = [part for part in rated if rated.count(part) > 1]
    if twice:
        raise UserError(f"init.rates gives {twice[0]} two factors; give it one.")
    for part in init.frozen:
        inner = [other for other in (*init.fresh, *rated) if is_in(part, other)]
        if inner:
            field = "init.fresh" if inner[0] in init.fresh else "init.rates"
            does = "draws it anew" if field == "init.fresh" else "gives it a learning rate"
            raise UserError(
                f"init.frozen keeps {part} as it starts, and {field} {does} ({inner[0]}); name it "
                "in one of them."
            )


def _names(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names)
