"""The end of a pre-training: its tables, metrics.json, and one report of all of them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.files.whole import write_json, write_text
from mol_jax.pretraining import log, picture
from mol_jax.pretraining.pace import Pace
from mol_jax.pretraining.room import Room
from mol_jax.pretraining.validation import Point
from mol_jax.reporting import html_page, repeat_sections
from mol_jax.scoring import dense_csv, measure, predictions
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.predictions import Predictions
from mol_jax.scoring.summary import summary
from mol_jax.text import tables
from mol_jax.training import footprint
from mol_jax.training.devices import describe_device
from mol_jax.training.step import FoldState
from mol_jax.weights.place import OF_RUN


def write(room: Room, state: FoldState) -> dict[str, Any]:
    """Writes what the best weights predict of the people held out, metrics.json and the report.

    state: the best weights, on the host. Returns the content of metrics.json.
    """
    folder = room.files.folder
    metrics = _metrics(room, state)
    write_json(folder / "metrics.json", metrics)
    picture.draw(
        folder / "figures" / "curves.png",
        room.files.history(),
        room.points.rows,
        shown=_drawn(room),
        best=metrics["best_step"],
        note="generated faces" * metrics["generated"],
    )
    config = json.loads((folder / "config.json").read_text())
    write_text(folder / "report.md", compose(metrics, config, room.points.rows))
    html_page.write_page(folder)
    return metrics


def _metrics(room: Room, state: FoldState) -> dict[str, Any]:
    """Returns the figures of a pre-training, its scores from the tables as they were written."""
    config, folder, out = room.config, room.files.folder, room.held_out
    size = config.predict.batch_size
    results = out.results(room.spread.predict(out.table, room.spread.put(state), batch_size=size))
    classes = out.dataset.classes
    rows = Predictions(classes, tuple(results.predictions))
    if results.predictions:
        predictions.write_predictions(folder / "predictions.csv", classes, results.predictions)
        rows = predictions.read_predictions(folder / "predictions.csv")
    dense = []
    if out.measures:
        path = folder / "dense.csv"
        dense_csv.write_dense(path, measure.columns(out.measures), results.dense)
        dense = dense_csv.read_dense(path, out.measures)
    scored = summary(rows, dense, measures=out.measures, protocol="held-out people")
    kept = ("n_clips", "n_subjects", "classes", "pooled", "ci95")
    tasks = {one.task for one in out.measures}
    majority = (scored["baselines"] or {}).get("majority")
    pace = sum((Pace(*row[1:4]) for row in log.read_pace(folder)), Pace())
    seconds = sum(row[4] for row in log.read_pace(folder))
    best, last = int(state.step), room.points.rows[-1].step
    return {
        "generated": room.fingerprint["generated"],
        "clips": len(room.source),
        "measure": config.pretrain.measure,
        "best_step": best,
        "last_step": last,
        "stopped_early": last < config.train.steps,
        "held_out": {name: scored[name] for name in (*kept, *sorted(tasks))},
        "majority": majority,
        "seen": last * config.train.batch_size,
        "runtime": {
            "seconds": round(seconds, 1),
            "updates_per_second": round(pace.speed, 3),
            "waited_share": round(pace.share, 4),
            "devices": room.spread.devices,
            "device": describe_device(),
            "workers": config.pretrain.workers,
        },
        "parameters": footprint.parameters(room.program),
    }


def _drawn(room: Room) -> dict[str, str]:
    """Returns the figures that are drawn over the steps, the deciding one first.

    Each with the one that needs no network, "" where there is none.
    """
    references = {one.name: one.reference for one in room.held_out.measures}
    first = room.config.pretrain.measure
    scores = ["uf1"] if room.held_out.mer else []
    others = [name for name, reference in references.items() if reference]
    return {name: references.get(name, "") for name in (first, *scores, *others)}


def compose(metrics: Mapping[str, Any], config: Mapping[str, Any], points: list[Point]) -> str:
    """Returns the text of report.md. config: the content of config.json."""
    parts = (
        _title(metrics, config),
        _result(metrics, measure.read(Path("config.json"), config), points),
        ["![Losses, and what is held out](figures/curves.png)"],
        _input(metrics),
        _card(metrics, config),
        repeat_sections.of_config(config, built="The stream of clips"),
    )
    return "\n\n".join(paragraph for part in parts for paragraph in part) + "\n"


def _title(metrics: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    data = config["dataset"]
    name = tables.escaped(f"{data['name']} {data['view']}")
    if not metrics["generated"]:
        return [f"# Pre-training on {name}"]
    return [
        f"# Pre-training on GENERATED faces: {name}",
        "> **Generated faces, not people.** These figures show what was learned of drawn faces. "
        "They say nothing about any real dataset: what the weights are worth is measured by what "
        "is trained from them.",
    ]


def _result(
    metrics: Mapping[str, Any], measures: Sequence[Measure], points: list[Point]
) -> list[str]:
    """Gives the figures of the best step beside those of the first, and what needs no network."""
    held = metrics["held_out"]
    early = " Patience ended it." if metrics["stopped_early"] else ""
    first, rows = points[0].figures, []
    majority = metrics["majority"] or {}
    for name, value in (held["pooled"] or {}).items():
        bounds = (held["ci95"] or {}).get(name)
        if name in first:
            shown = tables.with_span(value, bounds)
            before, plain = (_percent(of.get(name)) for of in (first, majority))
            rows.append([f"{name.upper()}, %", shown, before, plain])
    references = {one.reference for one in measures}
    for one in (one for one in measures if one.name not in references):
        rows.append(_error(one, held[one.task] or {}, first, measures))
    best = f"step {metrics['best_step']} [95 %, over people]"
    header = ["", best, f"step {points[0].step}", "without a network"]
    return [
        "## Result",
        f"Of {metrics['last_step']} steps, on {metrics['seen']:,} clips of a stream of "
        f"{metrics['clips']:,}, step {metrics['best_step']} has the best "
        f"{metrics['measure']} on the {held['n_clips']} clips of {held['n_subjects']} people who "
        f"were never trained on.{early} Its weights are `{OF_RUN}`.",
        tables.markdown(header, rows),
        "Without a network: the most frequent class, zero flow, the mean face. The step was chosen "
        "on the same people, so its figures are a little too good.",
    ]


def _error(
    one: Measure, of: Mapping[str, Any], first: Mapping[str, Any], measures: Sequence[Measure]
) -> list[str]:
    """Returns the row of a measure: at the best step, at the first, and its reference.

    of: the figures of its task at the best step. first: those of the first, by columns.
    """
    unit = "%" if one.share else one.unit
    name = picture.TITLES.get(one.name, f"{one.entry}, {unit}" if unit else one.entry)
    beside = [other.entry for other in measures if other.name == one.reference]
    plain = of.get(beside[0]) if beside else None
    return [name, *map(_number, (of.get(one.entry), first.get(one.name), plain))]


def _input(metrics: Mapping[str, Any]) -> list[str]:
    """Says whether the clips came fast enough."""
    runtime = metrics["runtime"]
    rows = [[name.replace("_", " "), str(value)] for name, value in runtime.items()]
    return [
        "## Speed",
        f"The devices waited for clips {_percent(runtime['waited_share'])} % of the time between "
        "updates (`pace.csv` has it by steps). The first row, which compiles, and validation are "
        "left out of that.",
        tables.markdown(["", ""], rows, left=2),
    ]


def _card(metrics: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    data, settings = config["dataset"], config["config"]
    counts = ", ".join(f"{name} {count}" for name, count in data["class_counts"].items())
    facts = sum(data["class_counts"].values())
    rows = [
        ["network", settings["model"]["network"]],
        ["parameters", f"{metrics['parameters']:,}"],
        ["tasks", ", ".join(name for name, on in settings["tasks"].items() if on)],
        ["frames", f"t = {settings['data']['frames']}, crops of {settings['data']['crop']} px"],
        ["clips", f"{data['n_clips']:,} of the stream, {data['n_held_out']:,} held out"],
        ["facts", f"of the first {facts} clips: {counts}"],
        ["batch", f"{settings['train']['batch_size']} clips"],
        ["people", "nobody (generated)" if metrics["generated"] else "see weights.safetensors"],
    ]
    return ["## What it is", tables.markdown(["", ""], rows, left=2)]


def _percent(share: float | None) -> str:
    return "" if share is None else tables.percent(share)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def console_lines(metrics: Mapping[str, Any]) -> list[str]:
    """Returns what is printed at the end, from the content of metrics.json."""
    held = metrics["held_out"]
    told = [f"{name.upper()} {_percent(value)} %" for name, value in (held["pooled"] or {}).items()]
    told += [
        f"{name} {_number(value)}"
        for of in (held.get("flow"), held.get("landmarks"))
        for name, value in (of or {}).items()
    ]
    return [
        f"step {metrics['best_step']} of {metrics['last_step']} is the best by "
        f"{metrics['measure']}; held out: {', '.join(told)}",
        f"the devices waited for clips {_percent(metrics['runtime']['waited_share'])} % of the "
        "time between updates",
    ]
