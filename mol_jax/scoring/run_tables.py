"""The tables of several runs side by side, and the CSV of all figures, for the score command.

Runs of different clips get different footnotes: their scores are not comparable.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mol_jax.scoring.confusion import SCORES
from mol_jax.scoring.score_file import Scored, cautions, details, labels, notes, reading, task_of
from mol_jax.scoring.svm import reached
from mol_jax.scoring.svm import words as floor_words
from mol_jax.scoring.trial_tables import TITLES, Table
from mol_jax.text.tables import marks, with_span

CSV_HEADER = (
    "run", "trial", "of", "name", "clips", "subjects", "score", "value", "low", "high", "sd",
)  # fmt: skip
DIFFERENT = (
    "The runs were scored on different clips, or on as many of other people by their column person"
    ": their scores or their intervals are not comparable."
)
Line = tuple[Any, ...]


def runs_table(runs: Sequence[Scored], keys: Sequence[str] = SCORES) -> tuple[Table, list[str]]:
    """Returns a line per run and, for each set of clips, per baseline; and the footnotes.

    The SVM has a line for each of its results: two runs of the same clips may be aligned in two
    ways. A run's marks say which footnotes are its own. keys: the scores to show.
    """
    footnotes: list[str] = []
    rows = []
    for run, label in zip(runs, labels(runs), strict=True):
        own = notes(run)
        footnotes += [note for note in own if note not in footnotes]
        trial = next(t for t in run.result["per_trial"] if t["trial"] == run.trial)
        scores = (
            with_span(trial["mean"][key], trial["ci95"][key], sd=trial["sd"][key]) for key in keys
        )
        numbers = marks([footnotes.index(note) + 1 for note in own])
        rows.append([f"{label} {numbers}", *_size(run), *scores])
    for run in _distinct(runs):
        number = marks([footnotes.index(notes(run)[0]) + 1])
        for svm in _floors(run, runs, keys):
            rows.append([f"{reached.NAME} {number}", *_size(run), *svm])
        for name in ("majority", "random"):
            found = run.result["baselines"][name]
            scores = (with_span(found[key], None) for key in keys)
            rows.append([f"{name} {number}", *_size(run), *scores])
    return (["%", "clips", "subjects", *(TITLES[key] for key in keys)], rows), footnotes


def parts_table(runs: Sequence[Scored]) -> Table | None:
    """Returns UF1 and UAR of all clips and of each dataset side by side; None if no run has two.

    Below the line of a run stands the SVM's, if it is known of any of these clips.
    """
    datasets = sorted({name for run in runs for name in run.result["per_dataset"] if name})
    if not any(len(run.result["per_dataset"]) > 1 for run in runs):
        return None
    header = ["%", *(f"{part} {TITLES[k]}" for part in ("all", *datasets) for k in ("uf1", "uar"))]
    rows = []
    for run, label in zip(runs, labels(runs), strict=True):
        parts = {"all": run.result, **run.result["per_dataset"]}
        ours = {name: part["pooled"] for name, part in parts.items()}
        svm = {name: part[reached.KEY] for name, part in run.result["per_dataset"].items()}
        svm["all"] = _svm(run)
        rows.append([label, *_cells_of(ours, datasets)])
        if any(svm.values()):
            rows.append([f"{label}, {reached.NAME}", *_cells_of(svm, datasets)])
    return header, rows


def _cells_of(
    scores: Mapping[str, Mapping[str, float] | None], datasets: Sequence[str]
) -> list[str]:
    """Returns UF1 and UAR of all clips and of each dataset, "–" where they are not known."""
    found = [scores.get(part) for part in ("all", *datasets)]
    return [with_span(one[k] if one else None, None) for one in found for k in ("uf1", "uar")]


def numbered_notes(runs: Sequence[Scored], footnotes: Sequence[str]) -> list[str]:
    """Returns the footnotes behind their marks, the SVM's, and a warning where clips differ."""
    said = [f"{marks([number])} {note}" for number, note in enumerate(footnotes, start=1)]
    svm = [_about_svm(run, label) for run, label in zip(runs, labels(runs), strict=True)]
    return [*said, *svm, *([DIFFERENT] if len(_distinct(runs)) > 1 else [])]


def readings(runs: Sequence[Scored]) -> list[str]:
    """Says what was done to read each run, and which of its classes nobody could learn."""
    named = zip(runs, labels(runs), strict=True)
    return [f"{label}: {sentence}" for run, label in named for sentence in reading(run)]


def _about_svm(run: Scored, label: str) -> str:
    """Returns what must stand beside the UF1 of one of several runs, which it names."""
    text = " ".join(floor_words.sentences(run.result, this=label))
    return text if _svm(run) else f"{label}: {text}"


def figures_csv(runs: Sequence[Scored], tests: Iterable[Mapping[str, Any]] = ()) -> str:
    """Returns every figure on a line of its own: of all clips, a dataset, a class, a baseline …

    Scores are fractions. tests: what a comparison found with the first run.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for run, label in zip(runs, labels(runs), strict=True):
        for line in _lines(run):
            writer.writerow([_text(label), run.trial, *(_cell(value) for value in line)])
        against = run.result["floor"]["against"]
        for line in _test(reached.KEY, against) if against else ():
            writer.writerow([_text(label), run.trial, *(_cell(value) for value in line)])
    for test in tests:
        for line in _test(test["file"], test):
            writer.writerow([_text(labels(runs)[0]), runs[0].trial, *map(_cell, line)])
    return text.getvalue().rstrip("\n")


def _test(name: str, test: Mapping[str, Any]) -> Iterator[Line]:
    """Yields the lines of a paired comparison."""
    low, high = test["ci95"] or (None, None)
    yield ("compare", name, None, None, "uf1_difference", test["difference"], low, high, None)
    yield ("compare", name, None, None, "uf1_p", test["p"], None, None, None)


def _floors(run: Scored, runs: Sequence[Scored], keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Returns the SVM's scores on the clips of a run, of all runs of the same clips, each once."""
    same = [other for other in runs if _key(other) == _key(run)]
    cells = [tuple(floor_words.score_cells(other.result, keys)) for other in same]
    known = [line for line, other in zip(cells, same, strict=True) if _svm(other)]
    return list(dict.fromkeys(known)) or cells[:1]


def _svm(run: Scored) -> Mapping[str, Any] | None:
    return run.result["baselines"][reached.KEY]


def _lines(run: Scored) -> Iterator[Line]:
    result = run.result
    trial = next(t for t in result["per_trial"] if t["trial"] == run.trial)
    task = task_of(run)
    yield from _scores("all", task.name if task else "", result, trial["sd"])
    for sentence in (*cautions(run), *reading(run)):
        yield ("note", sentence, *(None,) * 7)
    known = not result["floor"]["why"]
    for sentence in floor_words.notes(result) if known else floor_words.sentences(result):
        yield ("note", sentence, *(None,) * 7)
    for name, part in result["per_dataset"].items():
        yield from _scores("dataset", name, part, {})
        if svm := part[reached.KEY]:
            yield from _scores(f"dataset {reached.KEY}", name, _as_part(part, svm), {})
    for name, each in details(run.shown)["per_class"].items():
        for key, value in each.items():
            if key != "clips":
                yield ("class", name, each["clips"], None, key, value, None, None, None)
    for name, found in result["baselines"].items():
        if found is None:
            continue
        yield from _scores("baseline", name, _as_part(result, found), {})
    for one in trial["per_seed"] if run.seeds > 1 else ():
        part = {**result, "pooled": one, "ci95": dict.fromkeys(SCORES)}
        yield from _scores("seed", str(one["seed"]), part, {})
    for rule, means in run.fold_means["rules"].items() if run.fold_means else ():
        part = {**result, "pooled": means, "ci95": dict.fromkeys(SCORES)}
        yield from _scores("non-standard fold mean", rule, part, {})


def _as_part(part: Mapping[str, Any], baseline: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns clips whose scores are those of a baseline."""
    return {**part, "pooled": baseline, "ci95": baseline.get("ci95", dict.fromkeys(SCORES))}


def _scores(
    of: str, name: str, part: Mapping[str, Any], sd: Mapping[str, float | None]
) -> Iterator[Line]:
    """Yields a line per score; WAR is Acc by another name."""
    for title, key in (*((key, key) for key in SCORES), ("war", "acc")):
        low, high = part["ci95"][key] or (None, None)
        size = (part["n_clips"], part["n_subjects"])
        yield (of, name, *size, title, part["pooled"][key], low, high, sd.get(key))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value)
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def _text(value: str) -> str:
    """Marks as text what a spreadsheet would run as a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _size(run: Scored) -> tuple[str, str]:
    return str(run.result["n_clips"]), str(run.result["n_subjects"])


def _distinct(runs: Sequence[Scored]) -> list[Scored]:
    """Returns the first run of each set of clips, as far as their numbers tell."""
    return list({_key(run): run for run in reversed(runs)}.values())[::-1]


def _key(run: Scored) -> tuple[Any, ...]:
    held = run.held
    return tuple(sorted(held.counts.items())), tuple(sorted(held.datasets.items())), held.subjects
