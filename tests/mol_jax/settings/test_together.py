"""Fields that are each allowed and cannot stand together."""

import pytest

from configs import default
from mol_jax import settings
from mol_jax.errors import UserError
from tests.mol_jax import tiny

CROSS = {
    "data.name": "composite",
    "protocol.name": "cross",
    "protocol.train": ("casme2",),
    "protocol.test": ("smic",),
}
INNER = {"selection.name": "inner", "selection.every": 5}
ORACLE = {"selection.leaky_oracle": True, "selection.every": 5}


@pytest.mark.parametrize(
    "changes",
    [
        CROSS,
        INNER,
        ORACLE,
        INNER | ORACLE,
        INNER | {"selection.every": 0},  # of a sweep: it chooses the trial alone
        {"protocol.name": "lovo"},
        {"protocol.name": "all"},
        {"optim.schedule": "cosine", "optim.warmup": 19, "optim.final_share": 0.1},
        {"optim.l2": 1e-4},
        {"optim.name": "sgd"},
        {"optim.name": "sgd", "optim.momentum": 0.9, "optim.weight_decay": 1e-3},
        {"optim.b1": 0.5, "optim.b2": 0.9, "optim.eps": 1e-3},
        {"init.frozen": ("a",), "init.rates": ("ab:2", "b/c:0.1", "b:1e-3")},
        {"init.weights": "w", "init.fresh": ("a/b",), "init.frozen": ("a/c",)},
    ],
)
def test_what_fits_is_taken(changes):
    settings.check(tiny.config(**changes))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tasks.mer": False, "tasks.flow": False, "tasks.landmarks": False}, "turn one on"),
        (INNER | {"protocol.name": "all"}, r"held in .* are not trained on.*protocol\.name=loso"),
        (ORACLE | {"protocol.name": "all"}, "chooses by people who are tested, and nobody is"),
        ({"predict.keep": ("d/s/c",), "protocol.name": "all"}, "they are tested, and none is"),
        ({"train.log_every": 7}, r"no multiple of train\.log_every"),
        ({"train.save_every": 12}, "train.save_every is 12, which is no multiple"),
        ({"optim.warmup": 20}, r"optim\.warmup is 20, but training ends after train\.steps = 20"),
        ({"optim.final_share": 0.1}, "changes nothing while optim.schedule is constant"),
        ({"optim.l2": 1e-4, "optim.weight_decay": 1e-3}, "optim.l2 is 0.0001 and optim.weight_de"),
        ({"optim.momentum": 0.9}, "changes nothing while optim.name is adam"),
        (
            {"optim.name": "sgd", "optim.b1": 0.5},
            "optim.b1 is 0.5, which .* is sgd; .* leave it 0.9",
        ),
        ({"optim.name": "sgd", "optim.b2": 0.9}, "optim.b2 is 0.9, which .* is sgd; .* it 0.999"),
        (
            {"optim.name": "sgd", "optim.eps": 1e-3},
            "optim.eps is 0.001, which .* is sgd; .* it 1e-08",
        ),
        ({"init.fresh": ("a",)}, r"init\.fresh is a, which changes nothing without init\.weights"),
        ({"init.rates": ("a:1", "b:1", "a:2")}, r"init\.rates gives a two factors"),
        (
            {"init.weights": "w", "init.fresh": ("a/b",), "init.frozen": ("a",)},
            r"init\.fresh draws it anew \(a/b\)",
        ),
        ({"init.rates": ("a:1",), "init.frozen": ("a",)}, "gives it a learning rate"),
        ({"model.neighbours": 17}, "only model.width = 16 channels"),
        ({"protocol.train": ("casme2",)}, r"which protocol\.name=loso does not use"),
        ({"protocol.test": ("smic",)}, r"protocol\.test is smic, which"),
        (CROSS | {"protocol.train": ()}, r"protocol\.train is empty.*as \('casme2',\)"),
        (CROSS | {"protocol.test": ()}, r"protocol\.test is empty.*as \('smic',\)"),
        (CROSS | {"protocol.test": ("casme2",)}, "casme2 is in protocol.train and in"),
        (CROSS | {"data.name": "casme2"}, "data.name is casme2; set data.name=composite"),
        (INNER | {"tasks.mer": False}, "selection.name is inner, but tasks.mer is off"),
        (ORACLE | {"tasks.mer": False}, "selection.leaky_oracle is on, but tasks.mer is off"),
        ({"train.phase": "random"}, "train.phase is random, but data.phases is 0"),
        ({"predict.phases": "all"}, "predict.phases is all, but data.phases is 0"),
        ({"loss.auxiliary": "supcon", "tasks.mer": False}, "a term on the head of tasks.mer"),
        ({"loss.center": 0.003, "tasks.mer": False}, r"center is 0\.003, a term on the head of"),
        ({"loss.triplet": 1.0, "tasks.mer": False}, "or set loss.triplet=0"),
        ({"loss.cosface": 1.0, "tasks.mer": False}, "or set loss.cosface=0"),
        (
            {"train.sampler": "balanced", "loss.logit_adjustment": 1.0},
            "either makes up for the classes' frequencies",
        ),
        ({"selection.every": 5}, "selection.every is 5, which changes nothing"),
        (ORACLE | {"selection.every": 0}, "leaves one point to choose from"),
        (INNER | {"selection.every": 3}, r"selection\.every is 3, which is no multiple"),
        (INNER | {"selection.every": 20}, r"training ends after train\.steps = 20"),
    ],
)
def test_what_contradicts_is_refused_with_one_sentence(changes, says):
    with pytest.raises(UserError, match=says) as error:
        settings.check(tiny.config(**changes))
    assert "\n" not in str(error.value)


def test_what_leaves_no_weights_is_not_fitted_to_all_people():
    config = default.get_config("flow_svm")
    config.data.frames = 2
    settings.check(config)
    config.protocol.name = "all"
    with pytest.raises(UserError, match="flow_svm is fitted at once and leaves no weights"):
        settings.check(config)
