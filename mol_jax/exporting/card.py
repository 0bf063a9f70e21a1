"""The model card of an export: what it is of, how well it was measured, and what it is not for."""

from collections.abc import Mapping

from mol_jax.exporting import function
from mol_jax.exporting.example import CLIPS, TOLERANCE, Example
from mol_jax.predicting import words
from mol_jax.predicting.models.model import Model
from mol_jax.reporting.finished_run import Run
from mol_jax.reporting.trial_sections import protocol_name
from mol_jax.text import tables
from mol_jax.text.words import counted
from mol_jax.weights import record

FILE = "README.md"
_MEANS = {
    "frames": "grey levels 0–255 of aligned faces; the function scales them and cuts the crop",
    "flow": "optical flow from each frame to the next, (u, v) px",
    "landmarks": "68 landmarks of each frame, (x, y) px of the aligned face",
    "probabilities": "of the classes, in the order above; mean over the models",
}
_LIMITS = (
    "It knows these classes and no other: a face that does nothing gets one of them too.",
    "It was shown clips from onset to offset of an expression, aligned as above. Other lenses, "
    "light, head poses, compression or alignment may change what it says; nothing warns of it.",
    "Few people were seen. The interval of the score is over people, and rough where these are "
    "few; how it does on groups of people that the data has not is not known.",
    "No decision about a person is to hang on it. In the European Union emotion recognition at "
    "work and in education is forbidden, with narrow exceptions (Regulation 2024/1689, Article 5).",
)


def text(model: Model, run: Run, example: Example, *, batch: str, files: Mapping[str, str]) -> str:
    """Returns the card as Markdown.

    batch: what B may be, in a sentence. files: what each file beside it is, by its name.
    """
    about = model.about
    listed = [[name, what] for name, what in files.items()]
    parts = [
        f"# {tables.escaped(about.network)} on {tables.escaped(about.view)}",
        "\n".join(f"> {tables.escaped(line)}\n>" for line in words.lines(about)).rstrip(">\n"),
        "## What it is",
        tables.markdown(["", ""], _rows(model, run), left=2),
        "## What goes in, what comes out",
        _pixels(model),
        tables.markdown(["", "shape", "type", "what"], _arrays(model, example), left=4),
        batch,
        "## Limits",
        "\n".join(f"- {line}" for line in _LIMITS),
        "## Licence",
        _licence(run),
        "## Files",
        tables.markdown(["file", "what"], listed, left=2),
        f"`example.npz` holds {CLIPS} clips of noise as `input_…` and what the run says of them as "
        f"`expected_…`; differences up to {TOLERANCE:g} of the largest value are rounding.",
    ]
    return "\n\n".join(parts) + "\n"


def _rows(model: Model, run: Run) -> list[list[str]]:
    about, data = model.about, run.dataset
    counts = ", ".join(f"{name} {count}" for name, count in data["class_counts"].items())
    t = about.temperature
    calibrated = "no" if t is None else f"one temperature, {t:.2f}, fitted on people left out"
    start = record.of_trial(record.of_config(run.config), run.trial)
    rows = {
        "network": about.network,
        "models": f"{counted(about.models, 'model')}, averaged: each fold and seed",
        "classes": ", ".join(about.classes),
        "data": f"{data['name']} {data['view']}: {data['rule']}",
        "clips": f"{counted(data['n_clips'], 'clip')} of {counted(data['n_subjects'], 'subject')} "
        f"({counts})",
        "faces": "drawn by a program, no people" if about.generated else "of people",
        "protocol": protocol_name(run),
        "score": about.score,
        "calibrated": calibrated,
        "training": f"{counted(model.config.train.steps, 'step')} of a fold",
        "pre-training": "none" if start is None else record.summary(record.card(start)),
        "made by": ", ".join(f"{name} {v}" for name, v in run.config["versions"].items()),
    }
    return [[name, tables.escaped(str(value))] for name, value in rows.items()]


def _pixels(model: Model) -> str:
    data, program = model.config.data, model.program
    frames = "onset and apex" if program.frames == 2 else "from onset to offset"
    return (
        f"Clips of t = {program.frames} frames ({frames}, data.sampling={data.sampling}) of one "
        f"face, aligned by its landmarks (data.alignment={data.alignment}) to "
        f"{program.side}×{program.side} px, of which the centre, {program.crop}×{program.crop} px, "
        "is looked at. `python -m mol_jax.predict` and the builders align so."
    )


def _arrays(model: Model, example: Example) -> list[list[str]]:
    crop = model.program.crop
    means = _MEANS | {
        "landmarks": f"of frames 1 to t−1, (x, y) px of the centre crop of {crop} px",
        "flow": f"from each frame to the next, (u, v) px, of the centre crop of {crop} px",
    }
    into = [
        [f"in: {name}", _shape(leaf.shape), str(leaf.dtype), _MEANS.get(name, _recipe(name))]
        for name, leaf in function.shapes(model, CLIPS).items()
    ]
    out = [
        [f"out: {name}", _shape(leaf.shape), str(leaf.dtype), means[name]]
        for name, leaf in example.expected.items()
    ]
    return into + out


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(["B", *map(str, shape[1:])])


def _recipe(name: str) -> str:
    return f"what the recipe {name} makes of a clip (mol_jax/data/recipe.py)"


def _licence(run: Run) -> str:
    drawn = (
        "The clips were drawn by this project's own program, so no data set's licence binds them."
    )
    people = (
        f"The clips of {run.dataset['name']} are licensed, most such data sets for research alone. "
        "Whether weights that were trained on them may be given on, and to whom, is for that "
        "licence to say: read it before you share this file."
    )
    return (
        f"The code is Apache-2.0. {people if run.people else drawn} Landmarks found by dlib's "
        "68-point model, whose training data excludes commercial use, were used to align faces; "
        "give your own predictor where that matters."
    )
