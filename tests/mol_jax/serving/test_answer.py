"""What the page says of a recording, and of one that cannot be predicted."""

import dataclasses

from mol_jax.serving import answer
from tests.mol_jax.predicting import results


def refuse(frames, faces):
    raise AssertionError("nothing to predict")


def test_a_file_that_is_no_video_is_refused_in_a_sentence_without_where_it_lay(tmp_path):
    path = tmp_path / "upload" / "clip.mp4"
    path.parent.mkdir()
    path.write_text("no video at all\n" * 40)
    (tmp_path / "made").mkdir()
    shown = answer.answer(refuse, path, "largest", tmp_path / "made")
    assert shown.said.startswith("### Not predicted\n\n") and "clip.mp4" in shown.said
    assert str(tmp_path) not in shown.said
    assert (shown.video, shown.timeline, shown.files) == (None, None, ())
    assert not list((tmp_path / "made").iterdir()), "nothing is left behind"


def test_a_refusal_is_no_markup():
    assert answer.refused("a *b* c <i>") == "### Not predicted\n\na \\*b\\* c \\<i>"


def test_what_is_said_has_the_interval_the_notes_and_the_time_it_took():
    result, _ = results.made((28, 34))
    text = answer.said(dataclasses.replace(result, real_time=1.234))
    assert text.startswith("### What is predicted\n\n- 1 interval spotted: surprise 80 % (0.20")
    assert "| surprise | 80 % |" in text and "- audio is left out" in text
    assert "1.2 false alarms a minute" in text
    assert text.endswith("It took 1.2 s for a second of the recording.")
