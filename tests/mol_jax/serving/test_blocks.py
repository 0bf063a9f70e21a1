"""What the page answers when something fails. Gradio is an extra."""

import pytest

from mol_jax.errors import UserError

blocks = pytest.importorskip("mol_jax.serving.blocks", exc_type=ImportError)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UserError("the disk is full"), "### Not predicted\n\nthe disk is full"),
        (RuntimeError("a fault of ours"), blocks.FAULT),
    ],
)
def test_a_drawn_recording_that_cannot_be_made_is_said(tmp_path, monkeypatch, error, said):
    def fail(path):
        raise error

    monkeypatch.setattr(blocks.example, "write", fail)
    _, shown, drawn, video, files = blocks._of_example(None, tmp_path, "largest")
    assert said in shown
    assert drawn is video is files is None
