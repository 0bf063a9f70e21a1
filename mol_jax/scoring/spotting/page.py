"""The scores of spotted intervals as a page in Markdown, and as CSV."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from mol_jax.text.tables import markdown, percent, with_span
from mol_jax.text.words import counted

SHOWN = 40  # videos of the page; the other formats have all
HEADER = ("", "hits", "false", "missed", "precision", "recall", "F1", "false alarms/min")
COLUMNS = ("tp", "fp", "fn", "precision", "recall", "f1", "false_per_minute")


def page(found: Mapping[str, Any]) -> str:
    """Returns the scores as Markdown: pooled, of each kind, STRS, of each video."""
    parts = [_said(found), _table(found)]
    if "strs" in found:
        parts += ["## Spot, then recognise", _recognised(found)]
    parts += ["## Each video alone", _videos(found["videos"])]
    return "\n\n".join(part for part in parts if part)


def false_alarms(rate: float | None, bounds: Any) -> str:
    """Writes false alarms a minute with their interval: 1.20 [0.4, 2.1]."""
    if rate is None:
        return "–"
    return f"{rate:.2f}" + (f" [{bounds[0]:.1f}, {bounds[1]:.1f}]" if bounds else "")


def _said(found: Mapping[str, Any]) -> str:
    people = "subjects" if found["by"] == "subject" else "videos"
    bounds = (
        f"Intervals: 95 %, {people} resampled."
        if found["n_people"] > 1
        else f"No intervals: they resample {people}, and there is one."
    )
    return (
        f"{counted(found['n_videos'], 'video')}. A spotted interval hits a true one where their "
        f"intersection over union is at least {found['iou']:g} ({found['unit']}); each hits once. "
        f"Counts are pooled over all videos before anything is divided. {bounds}"
    )


def _table(found: Mapping[str, Any]) -> str:
    rows = [_row("all", found)]
    kinds = found.get("kinds", {})
    rows += [_row(kind, each) for kind, each in kinds.items() if len(kinds) > 1]
    return markdown(HEADER, rows)


def _row(name: str, each: Mapping[str, Any]) -> list[str]:
    counts = [str(each[key]) for key in ("tp", "fp", "fn")]
    shares = [with_span(each[key], each["ci95"][key]) for key in ("precision", "recall", "f1")]
    alarms = false_alarms(each["false_per_minute"], each["ci95"]["false_per_minute"])
    return [name, *counts, *shares, alarms]


def _recognised(found: Mapping[str, Any]) -> str:
    keys = ("f1", "analysis_f1", "strs", "analysis_uf1", "analysis_uar")
    rows = [
        [name, *(with_span(each[key], each["ci95"][key]) for key in keys)]
        for name, each in (("all", found), *found.get("kinds", {}).items())
        if "strs" in each
    ]
    header = ("", "F1 of spotting", "F1 of analysis", "STRS", "UF1 of hits", "UAR of hits")
    return (
        markdown(header, rows)
        + "\n\nSTRS is F1 of spotting × F1 of analysis (MEGC 2025): the harmonic mean of the mean "
        f"precision and the mean recall over the classes {', '.join(found['classes'])}, of the "
        "hits alone."
    )


def _videos(videos: list[Mapping[str, Any]]) -> str:
    rows = [
        [
            " ".join(part for part in (one["subject"], one["video"]) if part),
            *(str(one[key]) for key in ("tp", "fp", "fn")),
            *(percent(one[key]) for key in ("precision", "recall", "f1")),
            false_alarms(one["false_per_minute"], None),
        ]
        for one in videos[:SHOWN]
    ]
    more = f"\n\n{len(videos) - SHOWN} more: --format=csv has all." if len(videos) > SHOWN else ""
    return markdown(HEADER, rows) + more


def as_csv(found: Mapping[str, Any]) -> str:
    """Returns the scores as CSV: a line for all videos, each kind and each video."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["of", "subject", "video", *COLUMNS, "strs"])
    for name, each in (("all", found), *found.get("kinds", {}).items()):
        figures = (each.get(column) for column in (*COLUMNS, "strs"))
        writer.writerow([name, "", "", *("" if each is None else each for each in figures)])
    for one in found["videos"]:
        figures = (one.get(column) for column in (*COLUMNS, "strs"))
        cells = ("" if each is None else each for each in figures)
        writer.writerow(["video", one["subject"], one["video"], *cells])
    return table.getvalue().rstrip("\n")
