"""The words of every output."""

from mol_jax.predicting import words
from tests.mol_jax.predicting.about import ABOUT, about


def test_every_output_says_what_it_is_for_what_it_is_not_and_the_measured_score():
    said = " ".join(words.lines(ABOUT))
    for phrase in ("Research use", "Not lie detection", "no proof of what a person feels"):
        assert phrase in said
    assert f"score: {ABOUT.score}." in said
    assert "not lie detection" in words.short(ABOUT)


def test_a_run_that_saw_drawn_faces_only_is_marked_and_no_other():
    drawn = about(generated=True)
    assert words.lines(drawn)[0].startswith(words.mark(drawn))
    assert words.mark(drawn) in words.short(drawn)
    assert words.mark(ABOUT) == ""
    assert not any("GENERATED" in line for line in (*words.lines(ABOUT), words.short(ABOUT)))


def test_what_a_spotter_raises_falsely_stands_beside_what_it_spots():
    assert "Of 2.0 a minute." in words.lines(about(false_alarms="of 2.0 a minute."))
