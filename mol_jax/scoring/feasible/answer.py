"""The answer to `--feasible`: possible with a matrix, or impossible for a reason that is named."""

import json
from fractions import Fraction
from typing import Any

from mol_jax.scoring.confusion import scores
from mol_jax.scoring.feasible import means_of_runs
from mol_jax.scoring.feasible.question import Figure, Question
from mol_jax.scoring.feasible.right_clips import nearest_accuracies, nearest_uar, right_clips
from mol_jax.scoring.feasible.search import Answer, search
from mol_jax.scoring.trial_tables import TITLES
from mol_jax.text.tables import markdown, percent

SCOPE = (
    "This is about one prediction per video, all folds pooled. Means over folds, and several crops "
    "or clips of a video, can give other figures."
)
_CUT_OFF = {
    True: "Cut off instead of rounded, the digits would be possible.",
    False: "Cut off instead of rounded, the digits are not possible either.",
    None: "Whether they are possible if digits were cut off is not decided.",
}
_MEAN = {
    None: "Means of several such runs are not ruled out.",
    True: "Means of several such runs could have both.",
    False: "They are not the means of several such runs either, however many.",
}
_TOGETHER = "The figures are not possible together."
_VERDICT = {True: "POSSIBLE", False: "IMPOSSIBLE", None: "NOT DECIDED"}


def answer(question: Question) -> dict[str, Any]:
    """Returns whether the figures can be, a confusion matrix that has them, and what to say."""
    found: dict[str, Any] = {
        "figures": {name: figure.text for name, figure in question.figures.items()},
        "n": question.n,
        "counts": question.counts and dict(zip(question.names, question.counts, strict=True)),
        "possible": None,
        "matrix": None,
        "scores": None,
        "cut_off": None,
        "mean_of_runs": None,
    }
    if question.counts is None:
        fits = right_clips(question.n, question.figures["acc"].window)
        found |= {"possible": bool(fits), "said": _accuracy(question, fits)}
    else:
        result = _search(question)
        found |= _of_search(question, result)
        if found["possible"] is False and _one_sided(question, result):
            found["mean_of_runs"] = _mean_of_runs(question, result)
            found["said"].append(_MEAN[found["mean_of_runs"]])
        if result.matrix is not None:
            found |= {"matrix": result.matrix.tolist(), "scores": scores(result.matrix)}
    if found["possible"] is False:
        found["cut_off"] = _cut_off(question)
        found["said"].append(_CUT_OFF[found["cut_off"]])
    return found


def render(question: Question, form: str) -> str:
    """Returns the answer as md or json text."""
    found = answer(question)
    if form == "json":
        return json.dumps(found, indent=2, allow_nan=False)
    figures = ", ".join(f"{TITLES[name]} {text}" for name, text in found["figures"].items())
    counts = "/".join(map(str, question.counts or ()))
    of = f"{question.n} clips{f' of {counts}' if counts else ''}"
    parts = [f"**{_VERDICT[found['possible']]}**: {figures} on {of}.", *found["said"]]
    if found["matrix"]:
        header = ["true \\ predicted", *question.names]
        rows = [
            [name, *map(str, line)]
            for name, line in zip(question.names, found["matrix"], strict=True)
        ]
        exact = ", ".join(
            f"{TITLES[name]} {percent(value)}" for name, value in found["scores"].items()
        )
        parts += [markdown(header, rows), f"An example among others: {exact}."]
    return "\n\n".join([*parts, SCOPE])


def _search(question: Question, *names: str, cut: bool = False) -> Answer:
    assert question.counts is not None
    return search(question.counts, question.windows(*names, cut=cut))


def _of_search(question: Question, result: Answer) -> dict[str, Any]:
    if result.matrix is not None:
        return {"possible": True, "said": []}
    if not result.decided:
        return {"possible": None, "said": ["No matrix was found, and not all could be looked at."]}
    return {"possible": False, "said": _reason(question)}


def _cut_off(question: Question) -> bool | None:
    """Tells whether the figures are possible if digits were cut off; None if not decided."""
    if question.counts is None:
        return bool(right_clips(question.n, question.figures["acc"].cut))
    result = _search(question, cut=True)
    return result.matrix is not None if result.decided else None


def _one_sided(question: Question, result: Answer) -> bool:
    """Tells whether an accuracy or UAR and an F1 are asked for that lies beyond all it can be."""
    asked = question.figures.keys()
    pair = len(asked & {"acc", "uar"}) == len(asked & {"uf1", "wf1"}) == 1
    return pair and (result.below is None) != (result.above is None)


def _mean_of_runs(question: Question, result: Answer) -> bool | None:
    """Tells whether means over runs could have both figures; None where that is not known."""
    windows, counts = question.windows(), question.counts or ()
    (along,) = (name for name in ("acc", "uar") if name in windows)
    (f1,) = (name for name in ("uf1", "wf1") if name in windows)
    outside = means_of_runs.above if result.above is None else means_of_runs.below
    found = outside(counts, along, windows[along], f1, windows[f1])
    return None if found is None else not found


def _accuracy(question: Question, fits: range) -> list[str]:
    """Says which whole numbers of clips an accuracy is, or which are nearest."""
    figure, n = question.figures["acc"], question.n
    if fits:
        between = "" if len(fits) == 1 else f" to {fits[-1]}"
        return [f"{fits[0]}{between} of {n} clips right."]
    near = [
        f"{count} right are {_shown(Fraction(count, n), figure)} %"
        for count in nearest_accuracies(n, figure.window)
    ]
    return [f"Acc {figure.text} is no whole number of {n} clips: {', '.join(near)}."]


def _reason(question: Question) -> list[str]:
    """Says which of the figures cannot be, or which cannot be together."""
    figures = question.figures
    if "acc" in figures and not right_clips(question.n, figures["acc"].window):
        return _accuracy(question, range(0))
    if "uar" in figures and _never(question, "uar"):
        return [_no_uar(question)]
    held = [name for name in ("acc", "uar") if name in figures]
    if len(held) == 2 and _never(question, *held):
        return ["Acc and UAR are possible each, but not together."]
    f1s = [name for name in ("uf1", "wf1") if name in figures]
    found = {name: _search(question, *held, name) for name in f1s}
    never = [name for name in f1s if found[name].matrix is None and found[name].decided]
    if never:
        return [_reach(question, held, name, found[name]) for name in never]
    each = all(result.matrix is not None for result in found.values())
    titles = " and ".join(TITLES[name] for name in f1s)
    return [f"{titles} are possible each, but not together." if each else _TOGETHER]


def _never(question: Question, *names: str) -> bool:
    result = _search(question, *names)
    return result.matrix is None and result.decided


def _no_uar(question: Question) -> str:
    figure, counts = question.figures["uar"], question.counts or ()
    near = [
        sum((Fraction(d, c) for d, c in zip(right, counts, strict=True)), Fraction()) / len(counts)
        for right in nearest_uar(counts, figure.window)
    ]
    shown = " and ".join(f"{_shown(value, figure)} %" for value in near)
    nearest = f": the nearest are {shown}" if near else ""
    return f"No UAR of these classes is printed as {figure.text}{nearest}."


def _reach(question: Question, held: list[str], name: str, result: Answer) -> str:
    """Says how near an F1 comes that is not reached, the figures `held` being as printed.

    Where the search ran out of time it is not known what is nearest, and not said. Values above may
    be bounds on the least F1 that whole numbers of clips do not quite reach.
    """
    figure, title = question.figures[name], TITLES[name]
    given = " and ".join(f"{TITLES[key]} {question.figures[key].text}" for key in held)
    start = f"With {given}, {title}" if held else title
    below, above = (
        None if value is None else _shown(value, figure) for value in (result.below, result.above)
    )
    if below and above:
        text = f"{start} is {below} or less, or about {above} or more."
    elif below:
        text = f"{start} is at most {below}."
    else:
        text = f"{start} is " + (f"at least about {above}." if above else f"not {figure.text}.")
    if held and _search(question, name).matrix is not None:
        text += f" {title} {figure.text} alone would be possible."
    return text


def _shown(value: Fraction | float, figure: Figure) -> str:
    """Writes a fraction in percent, with more digits where two would hide the difference."""
    short = f"{100 * float(value):.2f}"
    low, high = (100 * float(edge) for edge in (figure.window.low, figure.window.high))
    return f"{100 * float(value):.4f}" if low <= float(short) <= high else short
