"""The sentence beside a score says above, below or neither, as the paired interval and p do."""

import pytest

from mol_jax.scoring.svm.words import NOT_ABOVE, score_cells, sentences

SCORES = ("acc", "wf1", "uf1", "uar")


def metrics(low, high, *, notes=(), p=0.04):
    svm = {**dict.fromkeys(SCORES, 0.75), "ci95": {key: [0.5, 1.0] for key in SCORES}}
    bounds = None if low is None else [low, high]
    test = {"difference": 0.125, "ci95": bounds, "p": p}
    floor = {"why": None, "notes": list(notes), "against": test}
    return {"baselines": {"flow_svm": svm}, "floor": floor}


@pytest.mark.parametrize(
    ("bounds", "p", "side", "warned"),
    [
        ((0.01, 0.3), 0.04, "lies above it", False),
        ((-0.3, -0.01), 0.04, "lies below it", True),
        ((-0.1, 0.3), 0.04, "cannot be told apart from it", True),
        ((0.0, 0.3), 0.04, "cannot be told apart from it", True),
        ((None, None), 0.04, "cannot be told apart from it", True),
        ((0.01, 0.3), 0.0652, "cannot be told apart from it", True),
        ((-0.3, -0.01), 0.244, "cannot be told apart from it", True),
        ((0.01, 0.3), 0.05, "cannot be told apart from it", True),
    ],
)
def test_the_verdict_is_that_of_the_interval_and_the_p(bounds, p, side, warned):
    text, *more = sentences(metrics(*bounds, p=p), this="trial 2")
    assert text.startswith(
        "A linear SVM on the clips' own flow reaches UF1 75.00 [50.0, 100.0]; trial 2 "
    )
    assert f"; trial 2 {side}: UF1 differs by +12.50" in text and f"p = {p:.3g}" in text
    assert more == [NOT_ABOVE] * warned


def test_notes_and_reasons_are_said():
    assert sentences(metrics(0.1, 0.2, notes=("it is odd",)))[1:] == ["Of the SVM: it is odd."]
    unknown = {"baselines": {"flow_svm": None}, "floor": {"why": "no file.", "notes": []}}
    assert sentences(unknown) == ["flow + SVM: not known, no file."]
    unknown["floor"]["why"] = "is it cut?"
    assert sentences(unknown) == ["flow + SVM: not known, is it cut?"]
    assert score_cells(unknown, SCORES) == ["–"] * 4
    assert score_cells(metrics(0, 0), ("uf1",)) == ["75.00 [50.0, 100.0]"]
