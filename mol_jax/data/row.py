"""One record as a row of the table: what the network sees of it, and what the SVM does."""

import dataclasses
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from data_builders.pixels.interpolation import interpolate, interpolate_points
from data_builders.records.record import RecordSettings
from mol_jax import settings
from mol_jax.data import inputs
from mol_jax.data.apex_source import ANNOTATED
from mol_jax.data.apexes import Apexes
from mol_jax.data.svm_features import pair_of
from mol_jax.settings.kind import READABLE


def record_settings(config: ConfigDict) -> RecordSettings:
    """Returns how the records that a config reads are built."""
    size, data = settings.aligned_size(config), config.data
    named = ("frames", "alignment", "flow", "sampling", "phases", "magnify")
    return RecordSettings(size=size, **{name: data[name] for name in named})


def read_row(
    record: dict[str, Any],
    config: ConfigDict,
    file: Path,
    taken: Apexes,
    reads: Collection[str],
) -> dict[str, Any]:
    """Returns what the network sees of a record, and as "pair" what the SVM does.

    As "shown" the onset and the apex that recipes have, which is "taken": of another than the
    annotated one a record has no flow.
    """
    unread, settled = {*READABLE} - {*reads}, record_settings(config)
    apex, pair = taken.of(record), pair_of(record, settled, file)
    other = record | {"apex": apex.number}
    if taken.source != ANNOTATED:
        shown = dataclasses.replace(pair_of(other, settled, file), flow=None)
    seen = (
        record
        | sampled(record, config)
        | {
            "pair": pair,
            "shown": pair if taken.source == ANNOTATED else shown,
            "taken": apex,
            "inputs": inputs.begin(other, reads),
        }
    )
    return {name: value for name, value in seen.items() if name not in unread}


def sampled(record: Mapping[str, Any], config: ConfigDict) -> dict[str, Any]:
    """Returns what the network sees of a record, which holds every frame from onset to offset.

    frames and landmarks are [P, t, ...], flow [P, t-1, ...], if the record has any: the even sample
    and its phases, repeated where the record has fewer than data.phases; phases, then, is how many
    are distinct. numbers [t] are the even sample's.
    """
    frames, landmarks = record["frames"][..., 0], record["landmarks"]
    numbers, t = record["frame_numbers"], config.data.frames
    flows = {"flow": record["flow"][None]} if "flow" in record else {}
    if config.data.sampling == "tim":
        images, points = interpolate(frames, numbers, t), interpolate_points(landmarks, numbers, t)
        made = {"frames": images[None], "landmarks": points[None], **flows}
        return made | {"numbers": np.linspace(numbers[0], numbers[-1], t)}
    at, made = record["sampled"][None], {"numbers": numbers[record["sampled"]]}
    if config.data.phases:
        distinct = len(record["phase_sampled"])
        order = np.arange(config.data.phases)
        order = 1 + order % distinct if distinct else 0 * order  # then the even one stands in
        at = np.concatenate([at, record["phase_sampled"]])[[0, *order]]
        if flows:
            flows = {"flow": np.concatenate([*flows.values(), record["phase_flow"]])[[0, *order]]}
        made["phases"] = distinct
    return {"frames": frames[at], "landmarks": landmarks[at], **flows, **made}
