"""The tables of a study's displacement modules and classifiers, as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.displacement import exact, measured, trained
from benchmarks.displacement.measured import Estimate
from benchmarks.displacement.trained import Trained
from mol_jax.data.clips import Dataset
from mol_jax.data.key_frames import APEX, ONSET
from mol_jax.settings.trials import Trial
from mol_jax.study.command import Call
from mol_jax.study.study import opened
from mol_jax.text import tables

PARTS = ("face", "moving")  # fields of `Exact` that figures are taken over


def of_study(
    trials: Sequence[Trial],
    names: Sequence[str],
    call: Call,
    metrics: Mapping[str, Any],
    console: Console,
) -> str:
    """Returns the page of a finished study. names: of its trials. metrics: its metrics.json."""
    with opened(trials, call.workdir, command=call.text, console=console, new=False) as study:
        modules = {
            name: trained.of_trial(study, one) for name, one in zip(names, trials, strict=True)
        }
        dataset = study.dataset
    known = exact.of_dataset(call.config, dataset)
    motions = {name: module.displacement for name, module in modules.items()}
    motions |= {
        "TV-L1": dataset.table.inputs["flow_onset_apex"].astype(np.float32),
        "no motion": np.zeros_like(known.flow),
        "the exact motion": known.flow,
    }
    parts = [
        _correlations(motions, known, dataset),
        _errors(motions, known, dataset),
        _differences(motions, known, dataset, names),
        _gradients(modules),
        _scores(metrics, names),
    ]
    return "\n\n".join(parts)


def _correlations(motions: Mapping[str, np.ndarray], known: exact.Exact, dataset: Dataset) -> str:
    """Returns correlations with the exact motion, of x, of y and of both, where there are any."""
    people, rows = _people(dataset), []
    for name, motion in list(motions.items())[:-2]:
        cells = []
        for part in PARTS:
            where = getattr(known, part)
            for axes in (slice(0, 1), slice(1, 2), slice(0, 2)):
                sums = measured.correlation_rows(motion[..., axes], known.flow[..., axes], where)
                found = measured.estimate(sums, people, measured.correlation)
                cells.append(_shown(found) if axes == slice(0, 2) else f"{found.value:.2f}")
        rows.append([name, *cells])
    header = [f"{part}: {axes}" for part in PARTS for axes in ("x", "y", "both")]
    return tables.markdown(["correlation with the exact motion", *header], rows)


def _errors(motions: Mapping[str, np.ndarray], known: exact.Exact, dataset: Dataset) -> str:
    """Returns end-point errors, the share of the motion recovered, and L_rec over that of none."""
    people, rows = _people(dataset), []
    for name, motion in motions.items():
        sums = measured.correlation_rows(motion, known.flow, known.moving)
        epe = (
            measured.mean(measured.errors(motion, known.flow, getattr(known, part)), people)
            for part in PARTS
        )
        share = measured.estimate(sums, people, measured.share)
        ratio = measured.mean(_ratios(motion, dataset), people)
        rows.append([name, *map(_finer, epe), _shown(share), _finer(ratio)])
    header = ["EPE face, px", "EPE moving, px", "share recovered", "L_rec(D)/L_rec(0)"]
    return tables.markdown(["", *header], rows)


def _differences(
    motions: Mapping[str, np.ndarray], known: exact.Exact, dataset: Dataset, names: Sequence[str]
) -> str:
    """Returns the first network minus the second, clip by clip."""
    people, (one, other) = _people(dataset), (motions[name] for name in names)
    columns = {
        "L_rec(D)/L_rec(0)": _ratios(one, dataset) - _ratios(other, dataset),
        "EPE face, px": measured.errors(one, known.flow, known.face)
        - measured.errors(other, known.flow, known.face),
        "mean |D|, px": np.abs(one).sum(axis=-1).mean(axis=(1, 2))
        - np.abs(other).sum(axis=-1).mean(axis=(1, 2)),
    }
    found = {name: measured.mean(column, people) for name, column in columns.items()}
    row = [f"{names[0]}, minus {names[1]}", *map(_finer, found.values())]
    clear = ["interval clear of 0", *("yes" if each.clear else "no" for each in found.values())]
    return tables.markdown(["", *found], [row, clear])


def _gradients(modules: Mapping[str, Trained]) -> str:
    """Returns the norms at the displacement module's parameters, means over folds."""
    rows = []
    for name, module in modules.items():
        own, gated = module.norms.mean(axis=0)
        ratios = module.norms[:, 1] / module.norms[:, 0]
        rows.append(
            [name, f"{own:.2g}", f"{gated:.2g}", f"{ratios.min():.1g} to {ratios.max():.1g}"]
        )
    header = ["∇L_DGM", "gate · ∇L_cls", "their ratio over the folds"]
    return tables.markdown(["norm of the gradient at the DGM", *header], rows)


def _scores(metrics: Mapping[str, Any], names: Sequence[str]) -> str:
    """Returns UF1 in % with its interval, beside the majority class and the SVM of TV-L1 flow."""
    rows = [
        [name, tables.with_span(one["mean"]["uf1"], one["ci95"]["uf1"])]
        for name, one in zip(names, metrics["per_trial"], strict=True)
    ]
    below = metrics["baselines"]
    floor = below["flow_svm"]
    rows += [["majority class", tables.percent(below["majority"]["uf1"])]]
    rows += [["TV-L1 + linear SVM", tables.with_span(floor["uf1"], floor["ci95"]["uf1"])]] * bool(
        floor
    )
    return tables.markdown(["", "UF1, %"], rows)


def _ratios(motion: np.ndarray, dataset: Dataset) -> np.ndarray:
    return measured.ratios(motion, dataset.table.inputs["key_frames"][:, [ONSET, APEX]])


def _people(dataset: Dataset) -> list[str]:
    return [name.person for name in dataset.names]


def _shown(of: Estimate) -> str:
    return f"{of.value:.2f} [{of.low:.2f}, {of.high:.2f}]"


def _finer(of: Estimate) -> str:
    return f"{of.value:.3f} [{of.low:.3f}, {of.high:.3f}]"
