"""Does the embedding of held-out clips tell who, or what? A picture of one fold, numbers of all."""

import dataclasses
from typing import Any

import numpy as np

from mol_jax.pictures.drawn import Drawn, NotThereError
from mol_jax.pictures.embedding import neighbours
from mol_jax.pictures.embedding.neighbours import QUESTIONS, Answers, Share
from mol_jax.pictures.embedding.scatter import draw_embedding
from mol_jax.pictures.opened import Opened, pick_fold
from mol_jax.pictures.trained import Trained
from mol_jax.reporting import lettering
from mol_jax.text.tables import markdown, percent, span


def embedding(opened: Opened) -> Drawn:
    """Draws all clips as the network of one fold places them, and asks every fold's network.

    Embeddings of different folds are different spaces, so they are never in one picture, and no
    distance is taken between them. Every clip is asked about once, by the network that was not
    trained on its person.
    """
    if not opened.run.on("mer"):
        raise NotThereError("tasks.mer is off in this run, and with it what classes are made of")
    shown = pick_fold(opened.networks, opened.fold)
    places, numbers = _asked(opened, shown)
    numbered = _picture(opened, shown, places)
    said = [
        *verdict(numbers.get("held_out", {})),
        _table(numbers),
        f"The picture is of one fold ({shown.fold.name}), whose network places all clips; other "
        "folds have spaces of their own. Clips that it was trained on lie by class because it was "
        "taught to part them: only the large marks say anything of unseen people. That these lie "
        "apart from the small ones says that they were not trained on, and not who they are. "
        "Distances between groups in t-SNE mean nothing.",
        *lettering.legend(numbered),
    ]
    kept: dict[str, Any] = {
        who: {name: dataclasses.asdict(share) for name, share in found.items()}
        for who, found in numbers.items()
    }
    return Drawn("embedding", {"Embedding by class and by person": "embedding.png"}, said, kept)


def _asked(opened: Opened, shown: Trained) -> tuple[np.ndarray, dict[str, dict[str, Share]]]:
    """Returns where one network places all clips, [N, d], and the shares over all networks."""
    every = np.arange(len(opened.label), dtype=np.int32)
    answers: dict[str, list[Answers]] = {"held_out": [], "trained_on": []}
    places = None
    for one in opened.networks:
        found = one.embeddings(every)
        if found is None:
            raise NotThereError(f"model.network={opened.config.model.network} returns no embedding")
        if one is shown:
            places = found
        for name, rows in (("held_out", one.fold.test), ("trained_on", one.fold.train)):
            if len(rows):
                of = neighbours.ask(found, opened.label, opened.person, rows, one.fold.train)
                answers[name].append(of)
    assert places is not None, "the fold is one of them"
    return places, {
        name: neighbours.shares(of, opened.person) for name, of in answers.items() if of
    }


def _picture(opened: Opened, shown: Trained, places: np.ndarray) -> dict[str, str]:
    """Draws where one network places all clips; returns what numbered names stand for."""
    names = opened.dataset.names
    return draw_embedding(
        opened.figure("embedding"),
        places,
        opened.label,
        [name.subject for name in names] if _one(opened) else list(opened.person),
        np.isin(np.arange(len(names)), shown.fold.test),
        opened.classes,
        title=f"fold {shown.fold.name}: small, clips it was trained on; large, held-out ones",
        note=opened.note(np.arange(len(names))),
    )


def _one(opened: Opened) -> bool:
    """Tells whether all clips are of one dataset, so that subjects are named without it."""
    return len({name.dataset for name in opened.dataset.names}) == 1


def verdict(found: dict[str, Share]) -> list[str]:
    """Says whether held-out clips lie by person, by class, by both, by neither, or cannot tell."""
    told = {name: _above(share) for name, share in found.items() if share.ci95 is not None}
    if not told:
        return []
    words = {
        (True, True): "It tells **both who and what**",
        (True, False): "It tells **who, and not what**",
        (False, True): "It tells **what, and not who**",
        (False, False): "It tells **neither who nor what**",
        (None, True): "It tells **what**",
        (None, False): "It does **not tell what**",
        (True, None): "It tells **who**",
        (False, None): "It does **not tell who**",
    }[told.get("person"), told.get("class_of_others")]
    shown = [f"{QUESTIONS[name]} in {_words(found[name])}" for name in told]
    said = [
        f"{words}. Of held-out clips: {'; '.join(shown)}. An answer counts where its interval lies "
        "above chance."
    ]
    if "person" not in told:
        said.append(
            "**Who cannot be told here**: no network held out several people with several clips of "
            "one class. Where all clips that a network has not seen are one person's, they lie "
            "together because they were not trained on, whoever it is. protocol.name=kfold holds "
            "out several people at once."
        )
    return said


def _above(share: Share) -> bool:
    return share.ci95 is not None and share.ci95[0] > share.chance


def _words(share: Share) -> str:
    return f"{percent(share.share)} % {span(share.ci95)} (chance {percent(share.chance)} %)"


def _table(numbers: dict[str, dict[str, Share]]) -> str:
    titles = {"held_out": "held-out people", "trained_on": "people it was trained on"}
    header = ["leaving the clip out", *(titles[who] for who in numbers)]
    rows = [
        [
            words,
            *(
                _words(found[name]) if name in found else "cannot be told"
                for found in numbers.values()
            ),
        ]
        for name, words in QUESTIONS.items()
    ]
    return markdown(header, rows)
