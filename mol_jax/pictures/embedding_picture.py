"""Does the embedding of held-out clips tell who, or what? A picture of one fold, numbers of all."""

import dataclasses
from typing import Any

import numpy as np

from mol_jax.pictures import neighbours
from mol_jax.pictures.drawn import Drawn, NotThereError
from mol_jax.pictures.embedding import draw_embedding
from mol_jax.pictures.neighbours import QUESTIONS, Answers, Share
from mol_jax.pictures.opened import Opened, pick_fold
from mol_jax.reporting import lettering
from mol_jax.text.tables import markdown, percent, span


def embedding(opened: Opened) -> Drawn:
    """Draws all clips as the network of one fold places them, and asks every fold's network.

    Embeddings of different folds are different spaces, so they are never in one picture, and no
    distance is taken between them. Every clip is asked about once, by the network that was not
    trained on its person, with all other clips around it.
    """
    if not opened.run.on("mer"):
        raise NotThereError("tasks.mer is off in this run, and with it what classes are made of")
    every = np.arange(len(opened.label), dtype=np.int32)
    shown = pick_fold(opened.networks, opened.fold)
    untrained: list[Answers] = []
    taught: list[Answers] = []
    places = None
    for one in opened.networks:
        found = one.embeddings(every)
        if found is None:
            raise NotThereError(f"model.network={opened.config.model.network} returns no embedding")
        if one is shown:
            places = found
        for answers, rows in ((untrained, one.fold.test), (taught, one.fold.train)):
            if len(rows):
                answers.append(neighbours.ask(found, opened.label, opened.person, rows))
    assert places is not None, "the fold is one of them"
    numbers = {
        name: neighbours.shares(answers, opened.person)
        for name, answers in (("held_out", untrained), ("trained_on", taught))
        if answers
    }
    tested = np.isin(every, shown.fold.test)
    numbered = draw_embedding(
        opened.figure("embedding"),
        places,
        opened.label,
        [name.subject for name in opened.dataset.names] if _one(opened) else list(opened.person),
        tested,
        opened.classes,
        title=f"fold {shown.fold.name}: small, clips it was trained on; large, held-out ones",
        note=opened.note(every),
    )
    said = [
        *_verdict(numbers.get("held_out", {})),
        _table(numbers),
        f"The picture is of one fold ({shown.fold.name}), whose network places all clips; other "
        "folds have spaces of their own. Clips that it was trained on lie by class because it was "
        "taught to part them: only the large marks say anything of unseen people. Distances "
        "between groups in t-SNE mean nothing.",
        *lettering.legend(numbered),
    ]
    kept: dict[str, Any] = {
        who: {name: dataclasses.asdict(share) for name, share in found.items()}
        for who, found in numbers.items()
    }
    return Drawn("embedding", {"Embedding by class and by person": "embedding.png"}, said, kept)


def _one(opened: Opened) -> bool:
    """Tells whether all clips are of one dataset, so that subjects are named without it."""
    return len({name.dataset for name in opened.dataset.names}) == 1


def _verdict(found: dict[str, Share]) -> list[str]:
    """Says whether held-out clips lie by person, by class, by both or by neither."""
    if not {"person", "class_of_others"} <= found.keys():
        return []
    who, what = (_above(found[name]) for name in ("person", "class_of_others"))
    words = {
        (True, True): "It tells **both who and what**",
        (True, False): "It tells **who, and not what**",
        (False, True): "It tells **what, and not who**",
        (False, False): "It tells **neither who nor what**",
    }[who, what]
    return [
        f"{words}: of held-out clips the nearest other one is of the same person in "
        f"{_words(found['person'])}, and among other people's clips the nearest is of the same "
        f"class in {_words(found['class_of_others'])}. An answer counts where its interval lies "
        "above chance."
    ]


def _above(share: Share) -> bool:
    return share.ci95 is not None and share.ci95[0] > share.chance


def _words(share: Share) -> str:
    return f"{percent(share.share)} % {span(share.ci95)} (chance {percent(share.chance)} %)"


def _table(numbers: dict[str, dict[str, Share]]) -> str:
    titles = {"held_out": "held-out people", "trained_on": "people it was trained on"}
    header = ["%, leaving the clip out", *(titles[who] for who in numbers), "chance"]
    first = next(iter(numbers.values()))
    rows = [
        [
            QUESTIONS[name],
            *(
                f"{percent(found[name].share)} {span(found[name].ci95)}"
                for found in numbers.values()
            ),
            percent(first[name].chance),
        ]
        for name in first
    ]
    return markdown(header, rows)
