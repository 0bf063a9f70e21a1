"""Spot-then-recognise (MEGC 2023, 2025): how well what is spotted rightly is also named rightly.

STRS = F1 of spotting × F1 of analysis: Liong, See and Chan, "Spot-then-recognize: a
micro-expression analysis network for seamless evaluation of long videos" (2023). The F1 of analysis
is that of the organisers' script (genbing99/STRS-Metric): the harmonic mean of the classes' mean
precision and mean recall, over the hits alone. What it calls UAR is the mean precision; here UAR is
the mean recall.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from mol_jax.scoring.confusion import Counts, per_class
from mol_jax.scoring.spotting.matching import Match


def label_counts(match: Match, classes: tuple[str, ...]) -> Counts:
    """Returns how often each class is named each: [c, c + 1], rows true.

    The last column is what is no class of the truth, so wrong for each. Hits without a true class
    are left out.
    """
    counts = np.zeros((len(classes), len(classes) + 1), np.int64)
    for true, spotted, _ in match.hits:
        if true.label in classes:
            named = spotted.label
            at = classes.index(named) if named in classes else len(classes)
            counts[classes.index(true.label), at] += 1
    return counts


def analysis(counts: Counts) -> dict[str, Any]:
    """Returns precision, recall, f1, uf1 and uar of hits, of counts [..., c, c + 1], each [...].

    A class that is never hit has a precision and a recall of 0 and counts in the means, as in the
    organisers' script: the classes are those of the truth.
    """
    square = np.concatenate([counts, np.zeros_like(counts[..., :1, :])], axis=-2)
    each = per_class(square)
    count = counts.shape[-2]
    precision, recall, f1 = (
        each[key][..., :count].mean(-1) for key in ("precision", "recall", "f1")
    )
    both = precision + recall
    harmonic = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    return {"precision": precision, "recall": recall, "f1": harmonic, "uf1": f1, "uar": recall}


def classes_of(labels: Iterable[str]) -> tuple[str, ...]:
    """Returns the classes of the truth, sorted; no class is one."""
    return tuple(sorted({label for label in labels if label}))
