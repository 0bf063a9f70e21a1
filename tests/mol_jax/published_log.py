"""MEGC2019's composite with the pooled confusion of a published log, clip names made up.

The log is that of STSTNet (Liong et al., 2019), which its authors publish beside their code. What
stands here are its counts of true and predicted classes in each dataset; the clips of each subject
and class are the challenge's.
"""

from collections.abc import Iterator

from data_builders.views.published import EXACT, THREE
from mol_jax.scoring.predictions import Prediction

VIEWS = {"casme2": "3class_megc2019", "smic": "3class", "samm": "3class"}
CONFUSION = {
    "casme2": [[83, 5, 0], [12, 19, 1], [2, 0, 23]],
    "smic": [[54, 10, 6], [17, 30, 4], [14, 1, 28]],
    "samm": [[82, 7, 3], [11, 13, 2], [5, 2, 8]],
}
# As their paper prints them.
UF1 = {"all": 0.7353, "smic": 0.6801, "casme2": 0.8382, "samm": 0.6588}
PRINTED_UAR = {"all": 0.7605, "smic": 0.7013, "casme2": 0.8686, "samm": 0.6810}


def rows(*datasets: str) -> list[Prediction]:
    """Returns a row per clip of these datasets, of all three if none is named."""
    return [row for name in datasets or VIEWS for row in _of_dataset(name)]


def _of_dataset(dataset: str) -> Iterator[Prediction]:
    said = {
        true: iter([pred for pred, times in zip(THREE, line, strict=True) for _ in range(times)])
        for true, line in zip(THREE, CONFUSION[dataset], strict=True)
    }
    for (subject, true), clips in EXACT[dataset, VIEWS[dataset]].items():
        for number in range(clips):
            yield Prediction(
                dataset, subject, _clip(dataset, subject, true, number),
                f"{dataset}/{subject}", 0, 0, true, next(said[true]),
            )  # fmt: skip


def _clip(dataset: str, subject: str, true: str, number: int) -> str:
    if dataset == "smic":
        return (
            f"{subject}_{ {'negative': 'ne', 'positive': 'po'}.get(true, 'sur') }_{number + 1:02d}"
        )
    return f"{true[:3]}{number}" if dataset == "casme2" else f"{subject}_{true[:3]}_{number}"
