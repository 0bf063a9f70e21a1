"""What a build says at its end."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data_builders.pixels import depth
from mol_jax.text.words import counted

NAMED = 20  # clips or folders
# What is between two consecutive samples of t = 8 more than the expression's own motion, in px of a
# 144 px image: measured on generated clips, data_builders/records/README.md.
ERRORS = {
    "clip": {"tvl1": 0.16, "dis": 0.17},
    "per_frame": {"tvl1": 0.50, "dis": 0.53},
    "smoothed": {"tvl1": 0.17, "dis": 0.18},
}


def summary(path: Path, meta: Mapping[str, Any]) -> str:
    """What was built, for a reader: counts, what was left out, size, time and place."""
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    counts = [
        (meta["filled_frames"], "frame", "without a face: landmarks of its neighbours in the clip"),
        (meta["repeated_clips"], "clip", f"with some of its {meta['t']} samples the same frame"),
        (meta["absent_frames"], "frame", "between onset and offset not on disk"),
    ]
    lines = [
        f"{meta['dataset']}: {counted(meta['clips'], 'clip')} of "
        f"{counted(meta['subjects'], 'subject')}, {counted(meta['frames'], 'frame')} read, "
        f"{size / 1e6:.1f} MB in {path}",
        f"emotions: {', '.join(f'{n} {emotion}' for emotion, n in meta['emotions'].items())}",
        f"alignment {meta['alignment']}, flow {meta['flow_method']}{_error(meta)}"
        f"{_magnified(meta)}, see "
        "data_builders/records/README.md",
        *(line for kind in meta.get("deep_images", ()) for line in _depth(kind)),
        *(f"{counted(number, thing)} {what}" for number, thing, what in counts if number),
    ]
    lines += _people(meta)
    lines += _first([f"skipped {s['subject']}/{s['clip']}: {s['reason']}" for s in meta["skipped"]])
    lines += _first([f"no annotation for {one}: left out" for one in meta["unannotated"]])
    lines += meta["notes"]
    if meta["generated"]:
        lines.append("generated clips, not recordings of people")
    return "\n".join(lines)


def _error(meta: Mapping[str, Any]) -> str:
    """How far off the flow is, where that was measured: for consecutive samples of one size."""
    if _magnified(meta) or (meta["t"], meta["size"], meta["sampling"]) != (8, 144, "even"):
        return ""
    error = ERRORS[meta["alignment"]][meta["flow_method"]]
    return f": on generated clips off by {error:.2f} px between samples (t = 8, 144 px)"


def _magnified(meta: Mapping[str, Any]) -> str:
    """How much larger motions are made; earlier builds had no such thing."""
    return f", motions magnified by {meta['magnify']}" if meta.get("magnify") else ""


def _depth(kind: Mapping[str, Any]) -> list[str]:
    """What is white in images of more than 8 bits, which clips are far darker, and which mixed."""
    odd = ((depth.darkness(kind), kind["dark"]), (depth.mixture(kind), kind["mixed"]))
    return [
        depth.sentence(kind),
        *(f"{said}: {', '.join(clips[:NAMED])}" for said, clips in odd if said),
    ]


def _people(meta: Mapping[str, Any]) -> list[str]:
    """Clips that show several faces, and those whose face leaps; earlier builds did not count."""
    if "several_faces" not in meta:
        return [
            "built before one person was followed through each clip and one scale found for images "
            "of more than 8 bits: if there are such images or several faces, add --overwrite"
        ]
    several = [
        f"{key} shows another face in {counted(number, 'frame')}: of all faces the largest and "
        "most central over the clip is followed"
        for key, number in meta["several_faces"].items()
    ]
    leaps = [
        f"the face of {key} leaps {number} time{'s' * (number > 1)}: look whether it is one person"
        for key, number in meta["leaps"].items()
    ]
    return _first(several) + _first(leaps)


def _first(lines: list[str]) -> list[str]:
    """The first of many lines of one kind, and how many more there are."""
    if len(lines) <= NAMED:
        return lines
    return [*lines[:NAMED], f"and {len(lines) - NAMED} more like these: the metadata lists them"]
