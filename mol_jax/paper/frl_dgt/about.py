"""What is said of FRL-DGT's paper beside its tables."""

from mol_jax.paper.frl_dgt import citation
from mol_jax.paper.frl_dgt.given import unlike
from mol_jax.paper.frl_dgt.tables import TABLES
from mol_jax.paper.paper import Paper

_SAID = (
    f"The paper's: {citation.PAPER}, as printed. Not the same measurement: it does not say how "
    "many epochs it trains, whether some people are kept to choose by, or which seeds its figures "
    "are of, so how it chose the epoch that is tested is not known. It magnifies motion to have "
    "more to train on, by a factor that it does not give; our configs do not."
)
_ASKED = (
    "What cannot be: of every pair of UF1 and UAR and every Acc, of all methods alike, it was "
    "asked whether one prediction per video can give it, and of every line of Tables 1 and 2 "
    "whether one run can have all its pairs (`python -m mol_jax.paper.attainable`). Means over "
    "folds, several clips of a video, and other clips than those named can give other figures."
)

PAPER = Paper("frl_dgt", "FRL-DGT", citation.PAPER, TABLES, _SAID, "", _ASKED, unlike)
