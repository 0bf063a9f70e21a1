"""The page of the zoo: zoo.md, .tex and .csv of a folder of runs."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from launch import zoo_csv, zoo_rows
from launch.table_page import Page, duration
from launch.table_results import Result
from launch.table_text import value, written
from launch.zoo_results import Filled
from mol_jax.files.whole import write_text
from mol_jax.protocol import folds
from mol_jax.scoring.svm.words import NOTE as FLOOR
from mol_jax.text import tables
from mol_jax.text.latex import page as latex
from mol_jax.text.words import counted, shortened

GENERATED = (
    "> **Generated clips, not people.** This shows that every row runs, is scored and is printed; "
    "the figures say nothing about any dataset, and little about the networks."
)
SMALL = (
    "> **Few steps at a high rate, on few clips.** Nobody's recipe was followed, so a row that is "
    "behind here may be ahead where it is."
)
HONEST = (
    "UF1, UAR and Acc: one prediction per video, all folds pooled before a score is taken, in %, "
    "means over seeds (± their sd), in brackets the 95 % bootstrap interval over subjects. The "
    "step is {}: no tested person has a part in it."
)
NO_STEPS = "no steps, so none can be chosen on anybody."
ONE_POINT = "looked at after the last step alone, so there is no leaky figure."
ONE_SEED = "draws nothing at random, so one seed is all."
STEP = {  # by selection.name
    "fixed": "the last one of the recipe",
    "inner": "the best on people held in from training (selection.name=inner)",
}
LEAKY = (
    "**leaky UF1 is no result.** It is what the same training would have printed, had the step of "
    "each fold been chosen on its tested person, out of {} on the way. Papers that print such "
    "figures cannot be compared with the columns before it."
)
MAJORITY = (
    "majority UF1: of always saying the most frequent class of a fold's training clips, with no "
    "look at a picture."
)
REST = (
    "parameters: the numbers that one fold's network trains. time: of the whole run, with "
    "compiling and scoring, on the machine that made it; runs of different machines do not compare."
)
INTERVALS = (
    "Intervals of two rows that overlap do not say that the rows are equal: the clips are the "
    "same, so compare them in pairs, with `python -m mol_jax.score A --compare B`."
)


def page(filled: Sequence[Filled], *, small: bool, fields: Sequence[str] = ()) -> Page:
    """Returns the tables of all views with a title, what the figures are, and how to score again.

    small: whether the runs are those of --size=small. fields: that were set for every run.
    """
    shown = [one.whole for one in filled if one.whole]
    drawn = small or any(whole.dataset["generated"] for whole in shown)
    title = "Every network on the same clips and folds"
    parts = [f"# {'GENERATED CLIPS: ' if drawn else ''}{title}", *[GENERATED] * drawn]
    parts += [SMALL] * small
    for view in dict.fromkeys(one.row.on for one in filled):
        parts += _view(view, [one for one in filled if one.row.on == view])
    points = _points(filled)
    rules = dict.fromkeys(one.row.run.call.config.selection.name for one in filled if one.row.run)
    honest = HONEST.format(" or ".join(STEP[rule] for rule in rules) or STEP["fixed"])
    notes = [honest, *([LEAKY.format(points)] if points else []), FLOOR, MAJORITY, REST, INTERVALS]
    notes += [_set(fields, filled)] if fields else []
    parts += ["## What the figures are", "\n".join(f"- {note}" for note in notes)]
    parts += ["## Runs", _runs(filled), "## Score them again", *_again(filled)]
    return Page("\n\n".join(parts), zoo_csv.table(filled))


def _set(fields: Sequence[str], filled: Sequence[Filled]) -> str:
    """Says what was set for every run, and for which of them not."""
    text = f"Set for every run: {' '.join(fields)}."
    for lack, is_of_it, why in (
        ("steps", zoo_rows.is_of_steps, "have no steps"),
        ("apex", zoo_rows.is_of_apex, "read nothing that depends on the apex"),
    ):
        without = dict.fromkeys(one.row.network for one in filled if lack in one.row.without)
        of_it = [field for field in fields if is_of_it(field)]
        if without and of_it:
            text += f" But {' '.join(of_it)} not for {', '.join(without)}, which {why}."
    return text


def _view(view: str, filled: Sequence[Filled]) -> list[str]:
    """Returns the section of one view: its clips, its table, its notes, the scores by dataset."""
    whole = next((one.whole for one in filled if one.whole), None)
    parts = [f"## {view}", *([_clips(whole)] if whole else [])]
    header = ["network", "UF1 [95 %]", "leaky UF1", "UAR [95 %]", "Acc", "SVM UF1", "majority UF1"]
    header += ["parameters", "seeds", "time"]
    parts += [tables.markdown(header, [_cells(one) for one in filled])]
    said = [*(note for one in filled for note in _notes(one)), *_lacks(filled)]
    notes = "\n".join(f"- {note}" for note in said)
    by_dataset = _by_dataset(filled)
    heading = "UF1 on the clips of each dataset, of the same predictions:"
    return [*parts, *[notes] * bool(notes), *([heading, by_dataset] if by_dataset else [])]


def _clips(whole: Result) -> str:
    """Says on what clips and folds the rows of a view are scored."""
    data, config = whole.dataset, whole.settings
    views = {part["name"]: part["view"] for part in data.get("parts", ())}
    return (
        f"{counted(whole.clips, 'clip')} of {counted(whole.subjects, 'subject')}"
        f"{' (GENERATED)' if data['generated'] else ''}, classes {', '.join(data['classes'])}; "
        f"{folds.words(config['protocol'], views=views)}."
    )


def _cells(one: Filled) -> list[str]:
    whole = one.whole
    if not whole:
        return [one.row.network, "failed" if one.why.startswith("failed") else "not run", *[""] * 8]
    star = "*" if whole.unscored else ""
    figures, uf1 = whole.figures, whole.figures.get("uf1")
    return [
        one.row.network,
        f"{value('uf1', uf1)}{star}" if uf1 else "",
        written("uf1", whole.leaky.get("uf1")),
        value("uar", figures["uar"]) if "uar" in figures else "",
        written("acc", figures["acc"].value) if "acc" in figures else "",
        written("uf1", uf1.baseline if uf1 else None),
        written("uf1", whole.majority.get("uf1")),
        f"{whole.parameters:,}" if whole.parameters else "–",
        str(whole.seeds),
        duration(whole.seconds),
    ]


def _notes(one: Filled) -> list[str]:
    """Says what must stand beside the figures of a row, or why it has none."""
    row, whole = one.row, one.whole
    notes = [f"{row.network} {one.why}"] if one.why and not (whole and whole.diverged) else []
    if row.run and whole and whole.settings["data"]["dir"] != str(row.run.call.config.data.dir):
        notes.append(
            f"{row.network}: its run began on the clips in {whole.settings['data']['dir']}."
        )
    if whole and whole.leaks:
        notes.append(f"**{row.network}:** {' '.join(whole.leaks)}")
    if whole and whole.unscored:
        names = shortened(list(dict.fromkeys(whole.unscored)), between=", ")
        notes.append(f"* {row.network}: not the figures of the protocol, no score for {names}.")
    return notes


def _lacks(filled: Sequence[Filled]) -> list[str]:
    """Says which rows have no leaky figure or one seed alone, and why."""
    rows = [one.row for one in filled if one.row.run]
    of = {
        NO_STEPS: [row for row in rows if "steps" in row.without],
        ONE_POINT: [row for row in rows if "points" in row.without and "steps" not in row.without],
        ONE_SEED: [row for row in rows if "seeds" in row.without],
    }
    return [f"{', '.join(row.network for row in of[text])}: {text}" for text in of if of[text]]


def _by_dataset(filled: Sequence[Filled]) -> str:
    """Returns the table of UF1 by dataset; "" where no row has several."""
    names = sorted({name for one in filled for name in one.parts or ()})
    if len(names) < 2:
        return ""
    rows = [[one.row.network, *_parts(one.parts or {}, names)] for one in filled if one.whole]
    return tables.markdown(["network", *names], rows)


def _parts(parts: Mapping[str, Result], names: Sequence[str]) -> list[str]:
    found = [parts[name].figures.get("uf1") if name in parts else None for name in names]
    return [value("uf1", figure) if figure else "–" for figure in found]


def _points(filled: Sequence[Filled]) -> str:
    """Says among how many steps the leaky column chooses, "" where no row has one."""
    runs = [one.row.run for one in filled if "points" not in one.row.without]
    configs = [run.call.config for run in runs if run]
    counts = sorted({-(-one.train.steps // one.selection.every) for one in configs})
    return " or ".join(map(str, counts)) + " steps" if counts else ""


def _runs(filled: Sequence[Filled]) -> str:
    """Returns the table of the runs: where each lies, its config and its recipe."""
    rows = []
    for one in filled:
        run = one.row.run
        if run is None:
            continue
        train = run.call.config.train
        steps = "–" if "steps" in one.row.without else f"{train.steps:,}"
        batch = "–" if "steps" in one.row.without else str(train.batch_size)
        rows.append(
            [f"{run.folder.parent.name}/{run.folder.name}", f"{one.row.config}.py", steps, batch]
        )
    known = [one.whole.seconds for one in filled if one.whole and one.whole.seconds is not None]
    table = tables.markdown(["folder", "config", "steps a fold", "clips a step"], rows, left=2)
    return (
        f"{table}\n\n{len(known)} of {len(filled)} runs took {duration(sum(known))} in all. The "
        "command that makes each by itself is printed by `--dry_run`."
    )


def _again(filled: Sequence[Filled]) -> list[str]:
    """Returns the commands that score the kept predictions again, one for each view."""
    text = (
        "Each folder keeps its `predictions.csv` (who, fold, seed, true and predicted class, "
        "probabilities) and `by_step.csv` (the leaky column's). The score command needs no JAX:"
    )
    commands = []
    for view in dict.fromkeys(one.row.on for one in filled):
        runs = [one.row.run for one in filled if one.row.on == view and one.whole]
        files = [str(run.folder / "predictions.csv") for run in runs if run]
        if files:
            commands.append(shlex.join(["python", "-m", "mol_jax.score", *files]))
    return [text, "\n\n".join(f"`{command}`" for command in commands)] if commands else [NOTHING]


NOTHING = "No run has left predictions yet."


def write(folder: Path, made: Page) -> None:
    """Writes zoo.md, zoo.tex and zoo.csv."""
    write_text(folder / "zoo.md", made.text + "\n")
    write_text(folder / "zoo.tex", latex.latex(made.text))
    write_text(folder / "zoo.csv", made.csv)
