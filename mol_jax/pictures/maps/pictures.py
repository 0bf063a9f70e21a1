"""Saliency, occlusion and attention of held-out clips, over the face, a panel for each class."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mol_jax.pictures.drawn import Drawn, NotThereError
from mol_jax.pictures.maps import attention, maps
from mol_jax.pictures.maps.figure import draw_maps
from mol_jax.pictures.maps.inputs import MOSAIC, pictured
from mol_jax.pictures.maps.maps import GRID, OfClips
from mol_jax.pictures.opened import Opened
from mol_jax.reporting import lettering

WORDS = {
    "frames": "the frames",
    "key_frames": "onset and apex",
    "tim_frames": "the interpolated frames",
    "flow_onset_apex": "the flow from onset to apex",
    MOSAIC: "the mosaic of eyes and corners of the mouth",
}
KINDS = {"flow_image": "image of flow", "apex_image": "apex", "dynamic_image": "dynamic image",
         "flow_sequence": "flow between frames"}  # fmt: skip


def saliency(opened: Opened) -> Drawn:
    """Draws the mean |gradient| of the true class's score, of each input that is a picture."""
    score = opened.networks[0].score
    of, rows = _pictured(opened), opened.chosen(opened.tested)
    found = maps.saliency(opened.networks, opened.label, opened.person, rows, of)
    if not found:
        raise NotThereError("its gradient is 0 at every pixel")
    files, said = {}, [
        f"How much the {score} of a clip's true class moves with a pixel that is changed a little: "
        f"mean |∂ {score} / ∂ input| over frames, channels and held-out clips, each by the "
        "network of its own fold. It says where the network is sensitive, not that it is right "
        "there: hold it against occlusion, which changes more than a little."
    ]  # fmt: skip
    model = opened.config.model
    if "normalise" in model and model.normalise == "minmax":
        said.append(
            "The network scales each image by its own smallest and largest value "
            "(model.normalise=minmax), so that these pixels move all others: single bright ones."
        )
    numbers: dict[str, Any] = {}
    for name, clips in found.items():
        file = "saliency" if len(found) == 1 else f"saliency_{name}"
        said += lettering.legend(_draw(opened, file, clips, name, "saliency", signed=False))
        files[f"Saliency of each class over {words_of(name)}"] = f"{file}.png"
        numbers[name] = _by_class(opened, clips)
    return Drawn("saliency", files, [*said, _behind(opened, [*found])], numbers)


def occlusion(opened: Opened) -> Drawn:
    """Draws by how much the true class's probability falls with a cell greyed in all frames."""
    of, rows = _pictured(opened), opened.chosen(opened.tested)
    clips = maps.occlusion(opened.networks, opened.label, opened.person, rows, of)
    numbered = _draw(opened, "occlusion", clips, of[0], "occlusion", signed=True)
    said = [
        f"How far the probability of a clip's true class falls when one of {GRID} × {GRID} cells "
        f"of {_inputs(of)} is grey, in every frame (of flow: without motion), mean over held-out "
        "clips, each by the network of its own fold. Such a cell is itself something that the "
        "network has never seen. A dot, of five people and more: the 95 % interval over people "
        "has no 0 in it, of this cell by itself; of 64 cells about three are so by chance.",
        *lettering.legend(numbered),
        _behind(opened, of[:1]),
    ]
    numbers = {"grid": GRID, **_by_class(opened, clips)}
    return Drawn("occlusion", {"Occlusion of each class": "occlusion.png"}, said, numbers)


def look(opened: Opened) -> Drawn:
    """Draws what the network's attention is on, as its kind has it."""
    rows = opened.chosen(opened.tested)
    every = [
        (one, np.array([r for r in one.fold.test if r in rows], np.int32))
        for one in opened.networks
    ]
    found = [(one.attention(mine), mine) for one, mine in every if len(mine)]
    network = opened.config.model.network
    if not found or not found[0][0]:
        more = ""
        if opened.run.has("weight_1L") or opened.run.has("weight_tile1"):
            more = "; the weights of its regions stand in report.md"
        raise NotThereError(
            f"model.network={network} has no layer of attention that is drawn{more}"
        )
    held, order = [of for of, _ in found], np.concatenate([mine for _, mine in found])
    for form, draw in (
        (attention.nodes, _nodes),
        (attention.regions, _regions),
        (attention.places, _places),
    ):
        parts = [part for part in map(form, held) if part is not None]
        if parts:
            return draw(opened, np.concatenate(parts), order)
    raise NotThereError(f"the attention of model.network={network} is of no form that is drawn")


def _nodes(opened: Opened, weights: np.ndarray, order: np.ndarray) -> Drawn:
    how = "The mean over heads, and over the nodes that look."
    return _own_figure(opened, weights, order, attention.draw_nodes, how)


def _regions(opened: Opened, weights: np.ndarray, order: np.ndarray) -> Drawn:
    how = "Of level 2: regions that look at regions."
    return _own_figure(opened, weights, order, attention.draw_regions, how)


def _own_figure(
    opened: Opened, weights: np.ndarray, order: np.ndarray, draw: Callable, how: str
) -> Drawn:
    """Draws attention that is no map of the face. weights: [R, ...] of the rows `order`."""
    label = opened.label[order]
    file, note = opened.figure("attention"), opened.note(order)
    numbered = draw(file, opened.classes, weights, label, note=note)
    means = {
        name: weights[label == k].mean(0).tolist()
        for k, name in enumerate(opened.classes)
        if (label == k).any()
    }
    return Drawn("attention", _LOOK, [f"{how} {_CARE}", *lettering.legend(numbered)], means)


def _places(opened: Opened, weights: np.ndarray, order: np.ndarray) -> Drawn:
    """Draws attention that is a map of the face, [R, h, w]."""
    clips = OfClips(weights, order, opened.label[order], opened.person[order])
    name = pictured(opened.config)[0]
    numbered = _draw(opened, "attention", clips, name, "attention", signed=False)
    said = [
        f"Mean weight of each place, over all layers that have one. {_CARE}",
        *lettering.legend(numbered),
        _behind(opened, [name]),
    ]
    return Drawn("attention", _LOOK, said, _by_class(opened, clips))


def words_of(name: str) -> str:
    """Returns what an input of `inputs.ROWS` is, in words."""
    kind = next((words for kind, words in KINDS.items() if name.startswith(kind)), name)
    return WORDS.get(name, f"the {kind}")


_LOOK = {"Attention of each class": "attention.png"}
_CARE = (
    "Held-out clips, each by the network of its own fold. A weight says what was mixed, not what "
    "the class was decided by."
)
_SCALES = {
    "saliency": (
        "mean |∂ {score} of the true class / ∂ input|",
        "saliency: held-out clips of each class",
    ),
    "occlusion": (
        "fall of the true class's probability",
        "occlusion: held-out clips of each class",
    ),
    "attention": ("mean weight", "attention: held-out clips of each class"),
}


def _pictured(opened: Opened) -> tuple[str, ...]:
    of = pictured(opened.config)
    if not of:
        raise NotThereError(
            f"model.network={opened.config.model.network} reads no picture of a face (neither "
            "frames nor an image of flow)"
        )
    return of


def _inputs(of: tuple[str, ...]) -> str:
    return ", ".join(words_of(name) for name in of)


def _draw(
    opened: Opened, file: str, clips: OfClips, name: str, kind: str, *, signed: bool
) -> dict[str, str]:
    scale, title = _SCALES[kind]
    scale = scale.format(score=opened.networks[0].score)
    return draw_maps(
        opened.figure(file),
        opened.classes,
        clips,
        name,
        opened.backdrop,
        title=f"{title}, over {words_of(name)}",
        scale=scale,
        signed=signed,
        note=opened.note(clips.rows),
    )


def _behind(opened: Opened, names: list[str] | tuple[str, ...]) -> str:
    """Says what lies behind the maps."""
    if MOSAIC in names:
        return (
            "The mosaic: eyes above, corners of the mouth below; left and right as in the picture."
        )
    if opened.backdrop.picture is not None:
        return f"Behind them is the mean aligned face of {len(opened.faces or ())} clips."
    return "Behind them is the outline of mean landmarks: no face is shown."


def _by_class(opened: Opened, clips: OfClips) -> dict[str, Any]:
    """Returns of each class its clips, people, and the largest value of its mean map and where."""
    found = {}
    for number, name in enumerate(opened.classes):
        of = clips.of_class(number)
        if len(of.rows):
            mean = of.maps.mean(0)
            row, column = np.unravel_index(mean.argmax(), mean.shape)
            found[name] = {
                "clips": len(of.rows),
                "people": len(set(of.person)),
                "largest": float(mean.max()),
                "row": int(row),
                "column": int(column),
            }
    return found
