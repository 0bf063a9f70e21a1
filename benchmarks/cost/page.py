"""docs/cost.md and its picture, made of the JSON alone."""

from pathlib import Path
from typing import Any

from benchmarks.cost import growth, studies
from benchmarks.cost.studies import CARDS, LAUNCH, MEMORY, SHARE, Study
from launch.plan import giga
from mol_jax.errors import UserError
from mol_jax.files.whole import write_text
from mol_jax.text.duration import duration
from mol_jax.text.tables import markdown

NAMES = {
    "train.batch_size": "batch, clips",
    "data.frames": "t, frames",
    "data.crop": "crop, px",
    "rows": "clips in the table",
    "runtime.group": "group, replicas side by side",
    "runtime.devices": "devices",
}
SPAN = 8  # from the least to the most of a panel, so that noise looks like noise
BLUE, GREY = "#0072B2", "#999999"  # told apart without colours by their lines, too


def write(found: dict[str, Any], path: Path) -> None:
    """Writes the page of the results, and the pictures beside it."""
    parts = [_head(found), _studies(found), *_growths(found, path), _phases(found)]
    write_text(path, "\n\n".join(filter(None, parts)) + "\n")


def _head(found: dict[str, Any]) -> str:
    machine = found["machine"]
    return f"""# What does a study cost?

`python -m benchmarks.cost` wrote this page from its results, `benchmarks/results/cost.json`.
Measured on {machine["device"]}, jax {machine["jax"]}, Python {machine["python"]}; clips are random,
for speed depends on shapes alone. For your own config and machine:

```bash
python -m launch.plan --config=configs/casme2.py --measure
```"""


def _studies(found: dict[str, Any]) -> str:
    every = found.get("studies", {})
    if not every:
        return ""
    one = found.get("two_clips")
    rate = one["flops"] / one["update"] if one else None
    header = ["study", "command", "updates", "GFLOP each", "memory", "here"]
    header += [f"{card.name}, {card.gib} GB" for card in CARDS]
    rows = []
    for name, entry in every.items():
        lacking = [field for field in Study._fields if field not in entry]
        if lacking:
            raise UserError(
                f"the results of {name} lack {', '.join(lacking)}: count them again with "
                "--parts studies --time none, which keeps what was timed"
            )
        study = Study(**{field: entry[field] for field in Study._fields})
        compiled = entry.get("compile", 0.0) + study.replicas * entry.get("around_a_wave", 0.0)
        dtype = " bf16" if study.bfloat16 else ""
        rows.append(
            [
                name,
                study.path,
                f"{study.updates:,}",
                giga(study.flops),
                f"{(study.table + study.each) / 2**30:.1f} GiB{dtype}",
                studies.here(
                    study,
                    update=entry.get("update"),
                    compiled=compiled,
                    rate=rate if study.path in studies.LARGE else None,
                ),
                *(studies.on_card(study, card) for card in CARDS),
            ]
        )
    shares = ", ".join(f"{card.name} {card.share:.0%}" for card in CARDS)
    peaks = ", ".join(f"{card.name} {card.bf16:g} and {card.tf32:g}" for card in CARDS)
    reached = f" ({rate / 1e9:.0f} GFLOP/s in float32)" if rate else ""
    around = ": [below](#around-training)" if found.get("phases") else ""
    return f"""## Study, command, time

The command is `python -m mol_jax.main --config=` and the file; on a card MOL's three are meant with
`--config.model.dtype=bfloat16`, and groups as `--config.runtime.group=auto` would take them. Memory
is the plan's estimate for one replica.

{markdown(header, rows, left=2)}

- **measured update**: the study's own program was compiled and a few of its updates, a first state
  and a prediction were timed; the rest is multiplication: updates, and what each wave begins and
  ends with.
- **estimated**, here: its FLOPs at the rate that an update of the same network with two clips
  reached{reached}, compiling left out.
- **estimated**, on a card: an update takes the longer of its FLOPs at a share of the peak of dense
  products (TFLOP/s in bfloat16 and TF32 by NVIDIA's data sheets: {peaks})
  and {LAUNCH * 1e6:.0f} µs for each of its operations that is a kernel of its own;
  {duration(studies.COMPILE)} of compiling are added. A group is the fastest that fits into
  {MEMORY:.0%} of the memory; it is assumed to need as many kernels as one replica. The share
  of an H100, {SHARE:.0%}, is what updates of MOL and of FRL-DGT reached on one ([gpu.md](gpu.md)).
  They wait for memory, so that of another card is taken to be larger as its memory is faster
  beside its products: {shares}.
- FLOPs are XLA's count of a step before it is compiled.
- No cell has drawing, building and reading clips, saving, the SVM and the report{around}."""


def _growths(found: dict[str, Any], path: Path) -> list[str]:
    parts = []
    for model, axes in found.get("growth", {}).items():
        picture = path.with_name(f"cost_{model}.png")
        _draw(axes, picture)
        rows = [
            [
                NAMES[axis],
                str(point["value"]),
                duration(point["update"]),
                f"{point['rate']:.3g}",
                duration(point["compile"]),
            ]
            for axis, points in axes.items()
            for point in points
        ]
        header = ["what is varied", "value", "update of a wave", "updates a second", "compiling"]
        base = growth.base(model)
        parts.append(
            f"""## How cost grows: the {model} model

Each size is varied alone around batch {base.train.batch_size}, t = {base.data.frames}, crop
{base.data.crop}, {growth.ROWS[model]} clips, one replica on one device. Updates are those of a
replica: side by side they add up. On a CPU, devices are pretended, and share its cores.

![updates a second against each size]({picture.name})

{markdown(header, rows)}"""
        )
    return parts


def _phases(found: dict[str, Any]) -> str:
    every = found.get("phases")
    if not every:
        return ""
    rows = [[name, duration(seconds)] for name, seconds in every.items()]
    return f"""## Around training

The first command with few updates of each fold; what is around them does not depend on their
number. Clips are drawn and built once for all runs.

{markdown(["phase", "time"], rows)}"""


def _draw(axes: dict[str, list[dict[str, Any]]], path: Path) -> None:
    """Draws updates a second against each size, with what proportional growth would give."""
    from matplotlib.figure import Figure  # noqa: PLC0415  it takes a second to import

    columns = min(3, len(axes))
    lines = -(-len(axes) // columns)
    figure = Figure(figsize=(3.2 * columns, 2.5 * lines), layout="constrained")
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for panel, (axis, points) in zip(panels, axes.items(), strict=False):
        values = [point["value"] for point in points]
        rates = [point["rate"] for point in points]
        panel.plot(values, rates, "o-", color=BLUE, label="measured")
        widens = axis in ("runtime.group", "runtime.devices")
        power = {"rows": 0, "data.crop": -2}.get(axis, 1 if widens else -1)
        even = [rates[0] * (value / values[0]) ** power for value in values]
        panel.plot(values, even, "--", color=GREY, label="in proportion")
        panel.set_xscale("log", base=2)
        panel.set_yscale("log", base=2)
        panel.set_xticks(values, [str(value) for value in values])
        panel.minorticks_off()
        panel.set_xlabel(NAMES[axis])
        panel.yaxis.set_major_formatter(lambda value, _: f"{value:.3g}")
        least, most = panel.get_ylim()
        wider = max(1.0, (SPAN * least / most) ** 0.5)
        panel.set_ylim(least / wider, most * wider)
    for panel in panels[len(axes) :]:
        panel.set_axis_off()
    figure.supylabel("updates of a replica a second", fontsize="medium")
    panels[0].legend(fontsize=7)
    figure.savefig(path, dpi=100)
