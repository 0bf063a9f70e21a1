"""A plan as text: a sentence, a line per compiled program, memory and disk."""

from mol_jax import settings
from mol_jax.study.plan import GroupPlan, Plan
from mol_jax.text.tables import assignments
from mol_jax.text.words import counted


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
    fixed = {
        name: value
        for name, value in trial.values.items()
        if not fields[name].traced
        or (fields[name].optional and all(one.values[name] == value for one in group.trials))
    }
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
    given = f", {written(part.given)} for the weights they start from" if part.given else ""
    lines = [
        f"Memory: {written(part.table)} for the clips{given} and, for each replica, "
        f"{written(part.state)} for its state and {written(part.update_of(largest.group))} for an "
        "update (estimated)."
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
