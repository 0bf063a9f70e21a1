"""What the CNN with an LSTM is refused, and what of the build it reads."""

import pytest

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.settings.find import find
from tests.mol_jax.networks.every import NETWORKS

TINY = NETWORKS["cnn_lstm"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"data.frames": 2}, "onset and apex, and no sequence .* one of 4, 8, 10, 16"),
        ({"data.frames": 10, "model.temporal": "tcn"}, "back over 7 pairs .* is 10, which are 9"),
        ({"data.phases": 3}, "reads nothing that has phases"),
        ({"augment.crop_jitter": 1.0}, "reads nothing that is cropped"),
    ],
)
def test_what_does_not_go_with_it_is_refused(changes, says):
    with pytest.raises(UserError, match=says):
        settings.check(TINY.config(**changes))


@pytest.mark.parametrize("frames", [4, 8, 10, 16])
def test_it_reads_the_flow_of_the_builds_own_frames(frames):
    """So how they are sampled, and their flow found, is no field that does nothing."""
    config = TINY.config(**{"data.frames": frames, "data.flow": "dis", "data.sampling": "tim"})
    settings.check(config)
    assert find("cnn_lstm").reads(config) == (f"flow_sequence_{frames}",)
