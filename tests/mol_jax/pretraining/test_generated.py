"""Drawn faces as a network reads them: what the table of a study would hold of them."""

import numpy as np
import pytest

from configs.pretrain import generated as small
from data_builders.synthetic.endless import expression
from data_builders.synthetic.endless.stream import LIMITS
from mol_jax import settings
from mol_jax.data.action_units import UNITS
from mol_jax.errors import UserError
from mol_jax.pretraining.generated import drawn
from mol_jax.settings import pretraining


def config(network="mol", **changes):
    built = small.get_config()
    settings.set_network(built, network)
    with built.unlocked():
        built.update_from_flattened_dict({"pretrain.clips": 2} | changes)
    return built


def test_an_example_is_what_was_drawn(monkeypatch):
    people = drawn(config(), first=0, identities=3)
    assert len(people) == 6 and people.classes == ("negative", "positive", "surprise")
    made, face = people[3], people.stream[3]
    np.testing.assert_array_equal(made["frames"], face.frames)
    np.testing.assert_array_equal(made["flow"], face.flow)
    np.testing.assert_array_equal(made["landmarks"], face.landmarks)
    assert made["frames"].shape == (2, 72, 72) and made["flow"].dtype == np.float16
    assert made["label"] == face.label and made["inputs"] == {}
    assert people.name(3).subject == people.name(2).subject == "face000001"
    assert people.name(3).clip == "clip0001" and people.people == ()
    assert people[2]["clip_id"] != made["clip_id"]


def test_those_held_out_are_other_people_of_the_same_stream():
    train, held = drawn(config(), first=0, identities=3), drawn(config(), first=3, identities=2)
    every = [[people.name(i).person for i in range(len(people))] for people in (train, held)]
    assert not {*every[0]} & {*every[1]}
    assert ("size", pretraining.SMALLEST, pretraining.LARGEST) in LIMITS
    assert not np.array_equal(train[0]["frames"], held[0]["frames"])


@pytest.mark.parametrize(("network", "input_"), [("ststnet", "flow_image_28"), ("graph_au", "aus")])
def test_recipes_make_of_them_what_other_networks_read(network, input_):
    people = drawn(
        config(network, **{"model.au_weight": 1.0} if network == "graph_au" else {}),
        first=0,
        identities=1,
    )
    made = people[0]
    assert "frames" not in made and input_ in made["inputs"]
    if input_ == "aus":
        moved = {u for u, s in zip(expression.NUMBERS, people.stream[0].aus, strict=True) if s > 0}
        assert made["inputs"]["has_aus"]
        np.testing.assert_array_equal(made["inputs"]["aus"], [unit in moved for unit in UNITS])
    else:
        assert np.abs(made["inputs"][input_]).max() > 0


@pytest.mark.parametrize(
    ("network", "changes", "words"),
    [
        ("ststnet", {"pretrain.landmarks": "dlib"}, "'ststnet' learns and reads no landmarks"),
        ("mol", {"pretrain.flow": "dis", "tasks.flow": False}, "'mol' learns and reads no flow"),
        ("ststnet", {"data.frames": 8}, r"flow is exact, but .* set data\.frames=2"),
    ],
)
def test_targets_that_the_network_does_not_have_are_refused(network, changes, words):
    with pytest.raises(UserError, match=words):
        drawn(config(network, **changes), first=0, identities=1)
    kept = {"pretrain.landmarks": "dlib"} if network == "mol" else {"pretrain.flow": "dis"}
    assert len(drawn(config(network, **kept), first=0, identities=1)) == 2
