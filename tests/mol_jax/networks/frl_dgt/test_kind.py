"""What the settings refuse of FRL-DGT, and what of a clip each of its variants reads."""

import pytest

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.settings.find import find
from tests.mol_jax.networks.every import NETWORKS

NETWORK = NETWORKS["frl_dgt"]
REFUSED = [
    ({"model.patch": 16}, "the image has 72 px .* no multiple of model.patch = 16"),
    ({"model.dgm_levels": 4}, r"no multiple of 2\^model.dgm_levels = 16"),
    ({"model.au_side": 20}, "model.au_side is 20, .* model.patch \\(18\\)"),
    ({"model.heads": 3}, "model.dim is 8, which is no multiple of model.heads \\(3\\)"),
    (
        {"data.crop": 40, "model.patch": 9, "model.dgm_levels": 1},
        "the image has 45 px .*as is 288 px",
    ),
    ({"model.sequence": True, "model.motion": "flow"}, "no such motion"),
    ({"model.motion": "flow", "model.normalise": "output"}, "normalise to classifier or none"),
    ({"model.motion": "dynamic_image", "model.normalise": "none"}, "leave model.normalise class"),
    ({"model.motion": "flow", "model.self_supervision": "clip"}, "without one; leave it pairs"),
    ({"model.motion": "flow", "model.magnify": 2.0}, "otherwise leave it 1"),
    ({"model.sequence": True, "model.magnify": 2.0}, "otherwise leave it 1"),
    ({"model.self_supervision": "none"}, "nothing would train .* set model.gate=1"),
    ({"model.magnify": 0.5}, "model.magnify is 0.5; it must be"),
    ({"model.apex_shift": 3}, "model.apex_shift is 3; it must be"),
    ({"model.motion": "farneback"}, "model.motion is 'farneback'; it must be"),
    ({"tasks.flow": True}, "tasks.flow"),
    ({"augment.crop_jitter": 0.5}, "reads nothing that is cropped"),
    ({"data.phases": 2}, "reads nothing that has phases"),
]


@pytest.mark.parametrize(("changes", "words"), REFUSED, ids=[str(c) for c, _ in REFUSED])
def test_what_cannot_stand_together_is_refused(changes, words):
    with pytest.raises(UserError, match=words):
        settings.check(NETWORK.config(**changes))


READS = [
    ({}, {"key_frames", "flow_onset_apex", "onset_landmarks"}),
    ({"model.motion": "flow"}, {"key_frames", "flow_onset_apex", "onset_landmarks"}),
    ({"model.motion": "dynamic_image"}, {"key_frames", "dynamic_image", "onset_landmarks"}),
    ({"model.regions": "grid"}, {"key_frames", "flow_onset_apex"}),
    ({"model.sequence": True}, {"tim_frames", "onset_landmarks"}),
    ({"model.self_supervision": "none", "model.gate": 1.0}, {"key_frames", "flow_onset_apex"}),
]


@pytest.mark.parametrize(("changes", "reads"), READS, ids=[str(c) for c, _ in READS])
def test_what_is_read_is_what_is_used(changes, reads):
    config = NETWORK.config(**changes)
    settings.check(config)
    assert reads <= set(find("frl_dgt").reads(config))
    if changes != READS[-1][0]:
        assert reads == set(find("frl_dgt").reads(config))


def test_at_the_papers_sizes_nothing_is_refused():
    config = NETWORK.config(**{"data.crop": 256})
    for name, field in find("frl_dgt").fields.items():
        config.model[name] = field.default
    settings.check(config)
    assert settings.aligned_size(config) == 288
