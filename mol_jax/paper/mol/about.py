"""What is said of MOL's paper beside its tables."""

from collections.abc import Mapping
from typing import Any

from mol_jax.paper.mol import citation, differences
from mol_jax.paper.mol.tables import TABLES
from mol_jax.paper.paper import Paper

_SAID = (
    f"The paper's: {citation.PAPER}, as printed. Not the same measurement: it pre-trains on "
    "Aff-Wild2, and lists neither its clips nor how they become one figure. Its authors' release "
    "scores several clips of each video. Of each fold it keeps the weights of the epoch that is "
    "best on the held-out subject, but the confusion matrix that it pools is the last epoch's. "
    "Which of the two the printed figures are of is not said."
)
_KINDS = (
    "Types: DL and NDL, deep learning or not; PF and RI, from pre-extracted features or raw "
    "images; KF, key frames are needed. [n]: number n of the paper's references."
)
_ASKED = (
    "What cannot be: of every pair of Table VI and every Acc, of all methods alike, it was asked "
    "whether one prediction per video can give it (`python -m mol_jax.paper.attainable`). Zeros at "
    "the end of all figures of a method are taken as not printed by its source: 87.00 is asked as "
    "87.0. Means over folds, several clips or crops of a video, and other clips than those named "
    "can give other figures."
)


def _unlike(recorded: Mapping[str, Any]) -> Mapping[str, str]:
    return differences.unlike(differences.fields_of(recorded))


PAPER = Paper("mol", "MOL", citation.PAPER, TABLES, _SAID, _KINDS, _ASKED, _unlike)
