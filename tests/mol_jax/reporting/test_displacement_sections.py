"""A displacement that does nothing is said so in bold, and one that does something is not."""

import numpy as np
import pytest

from mol_jax.networks.frl_dgt.measures import FLOW, RATIO
from mol_jax.reporting import displacement_sections as sections
from mol_jax.reporting import means
from mol_jax.reporting.finished_run import read_run
from tests.mol_jax.fake_run import make_run

SAID = "**The displacement is not shown to be better than none:"


def section(folder, ratio, error=None, still=0.5, *, seeds=(0,)):
    """Returns the section of a run of five subjects; ratio, error: of the number of a subject."""

    def own(subject, clip):
        every = {"rec_ratio": ratio(subject) + 0.002 * clip}
        more = {"epe_d": error(subject), "epe_d_zero": still} if error else {}
        return {"videos": 1} | every | more

    measures = (RATIO, *(FLOW if error else ()))
    made = make_run(folder, tasks=("mer",), measures=measures, own=own, seeds=seeds)
    return "\n\n".join(sections.displacement(read_run(made)))


def test_a_good_displacement_has_its_figures_and_no_reproach(tmp_path):
    text = section(tmp_path / "run", lambda s: 0.5 + 0.1 * s, lambda s: 0.2 + 0.01 * s)
    ratios = [0.5 + 0.1 * s + 0.009 for s in range(5)]
    low, high = text.split("L_rec(D) / L_rec(0) | 0.709 [")[1].split("]")[0].split(", ")
    assert min(ratios) <= float(low) < np.mean(ratios) < float(high) <= max(ratios)
    assert "| end-point error, px | 0.220 [" in text and "| 0.500 |" in text
    assert "no displacement by -0.280 [-0.2" in text
    assert "The ratio is below 1 for 50 of 50 videos." in text
    assert "**" not in text


RATIO_FAULT = "the interval of L_rec(D)/L_rec(0) does not lie below 1"
ERROR_FAULT = "its end-point error is not shown to be smaller"
DEAD, GOOD, MIXED = (lambda s: 1.0), (lambda s: 0.6), (lambda s: 0.7 + 0.12 * s)
NEAR, FAR, SPREAD = (lambda s: 0.4), (lambda s: 0.6), (lambda s: 0.2 + 0.14 * s)


@pytest.mark.parametrize(
    ("ratio", "error", "faults"),
    [
        (DEAD, NEAR, {RATIO_FAULT}),
        (MIXED, NEAR, {RATIO_FAULT}),  # its mean does
        (GOOD, FAR, {ERROR_FAULT}),
        (GOOD, SPREAD, {ERROR_FAULT}),  # smaller in the mean
        (DEAD, FAR, {RATIO_FAULT, ERROR_FAULT}),
        (DEAD, None, {RATIO_FAULT}),
        (GOOD, NEAR, set()),
        (GOOD, None, set()),
    ],
)
def test_what_is_no_better_than_nothing_is_said_in_bold(tmp_path, ratio, error, faults):
    text = section(tmp_path / "run", ratio, error)
    assert (SAID in text) == bool(faults) == ("as they are, so" in text)
    assert {fault for fault in (RATIO_FAULT, ERROR_FAULT) if fault in text} == faults
    assert ("TV-L1" in text) == (error is not None)


def test_videos_are_counted_in_every_seed(tmp_path):
    text = section(tmp_path / "run", lambda s: 0.8 + 0.1 * s, seeds=(0, 3))
    assert "below 1 for 40 of 100 videos, each counted once for each of 2 seeds." in text


def test_one_subject_shows_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(means, "mean_interval", lambda *_: None)
    text = section(tmp_path / "run", GOOD, NEAR)
    assert SAID in text and "95 %, over subjects)" not in text
    assert "has no interval, for which two" in text and RATIO_FAULT not in text


def test_a_sequence_is_not_said_to_end_at_the_apex(tmp_path):
    def made(name, sequence):
        run = read_run(make_run(tmp_path / name, tasks=("mer",), measures=(RATIO,), own=own))
        run.settings["model"]["sequence"] = sequence
        return "\n\n".join(sections.displacement(run))

    own = {"videos": 1, "rec_ratio": 0.9}
    assert "between each later frame that is read and the onset" in made("ten", True)
    assert "between the apex and the onset" in made("two", False)


def test_no_other_run_has_a_word_of_it(tmp_path):
    run = read_run(make_run(tmp_path / "run"))
    assert sections.displacement(run) == [] == sections.measures(run)
