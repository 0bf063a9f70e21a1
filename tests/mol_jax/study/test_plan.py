"""The plan agrees with the engine that carries it out, and says where it does not fit."""

import pytest

from mol_jax.errors import UserError
from mol_jax.settings.trials import make_trials, plain
from mol_jax.study import plan, plan_text
from mol_jax.study.train_waves import form_waves
from mol_jax.training import footprint
from mol_jax.training.engine import Engine
from mol_jax.training.footprint import Footprint
from tests.mol_jax import tiny

MIB = 2**20
ONE = Footprint(
    weights=10 * MIB,
    optimiser=20 * MIB,
    best=0,
    update=50 * MIB,
    update_in_group=70 * MIB,
    table=2**30,
)


@pytest.fixture(autouse=True)
def known_footprint(monkeypatch):
    monkeypatch.setattr(footprint, "estimate", lambda config, **_: ONE)


def planned(changes=({},), *, folds=26, seeds=1, devices=8, memory=None, **fields):
    trials = make_trials(tiny.config(**fields), changes)
    return plan.make_plan(
        trials, seeds=seeds, folds=folds, clips=12, classes=3, devices=devices, memory=memory
    )


@pytest.mark.parametrize(
    ("folds", "devices", "group", "slots", "waves", "padding"),
    [
        (26, 1, 1, 1, 26, 0),
        (26, 8, 1, 8, 4, 6),
        (26, 8, 4, 32, 1, 6),
        (26, 8, 100, 32, 1, 6),  # four on each device hold them all
        (26, 4, 3, 12, 3, 10),
        (3, 8, 4, 3, 1, 0),  # five devices have nothing to do
    ],
)
def test_waves_are_counted_as_the_engine_makes_them(folds, devices, group, slots, waves, padding):
    made = planned(folds=folds, devices=devices, **{"runtime.group": group})
    (one,) = made.groups
    assert (one.slots, one.waves, one.padding) == (slots, waves, padding)
    assert one.updates == waves * 20
    engine = Engine(tiny.program, tiny.table(), group=group, devices=devices, replicas=folds)
    assert (engine.devices, engine.group) == (one.devices, one.group)
    assert len(list(form_waves(dict.fromkeys(range(folds), 0), engine.slots))) == waves
    assert one.memory == ONE.device(engine.group)


def test_trials_that_differ_in_traced_fields_share_waves():
    rates = [{"optim.learning_rate": rate} for rate in (1e-3, 1e-4, 1e-5)]
    shared = planned(rates, seeds=2, folds=4)
    assert [group.replicas for group in shared.groups] == [24] and shared.replicas == 24
    apart = planned([{}, {"model.width": 32}, {"optim.learning_rate": 0.1}], seeds=2, folds=4)
    assert [[t.number for t in g.trials] for g in apart.groups] == [[0, 2], [1]]
    assert [group.replicas for group in apart.groups] == [16, 8]
    assert [group.waves for group in apart.groups] == [2, 1]


def test_trials_without_an_optional_field_are_a_program_of_their_own():
    made = planned([{}, {"optim.l2": 1e-4}, {"optim.l2": 1e-3}], folds=8)
    assert [[t.number for t in g.trials] for g in made.groups] == [[0], [1, 2]]
    assert "0: optim.l2=0\n" in plan_text.render(made)
    one = plan_text.render(planned([{}, {"optim.l2": 1e-4}], folds=8))
    assert "0: optim.l2=0\n" in one and "1: optim.l2=0.0001\n" in one


def test_trials_may_have_budgets_of_their_own():
    made = planned([{}, {"train.steps": 40}], folds=8)
    assert [group.updates for group in made.groups] == [20, 40]
    assert "60 updates one after another" in plan_text.render(made)


def test_only_some_folds_are_planned_in_waves_as_wide_as_all_would_make():
    (one,) = planned(folds=26, **{"protocol.only": ("sub01", "sub02")}).groups
    assert (one.replicas, one.slots, one.waves, one.padding) == (2, 8, 1, 6)
    with pytest.raises(UserError, match=r"protocol\.only names 2 folds, but there are 1"):
        planned(folds=1, **{"protocol.only": ("sub01", "sub02")})


@pytest.mark.parametrize(
    ("fields", "weights", "states"),
    [
        ({}, 26, 8),  # saved once, after 10 of 20 updates
        ({"train.save_every": 5}, 26, 9),  # the older of one is there while the newer is written
        ({"train.save_every": 20}, 26, 0),  # nothing is saved before the last update
        ({"train.save_every": 0}, 26, 0),
        ({"train.save_every": 0, "train.save_minutes": 5.0}, 26, 9),  # it cannot be known
        ({"train.save_every": 0, "train.save_minutes": 5.0, "train.log_every": 20}, 26, 0),
        ({"train.keep_weights": False}, 0, 8),
    ],
)
def test_disk_holds_kept_weights_and_the_states_of_one_wave(fields, weights, states):
    (one,) = planned(folds=26, devices=8, **fields).groups
    assert (one.weights, one.states) == pytest.approx((weights * ONE.weights, states * ONE.state))
    two = plan_text.render(planned([{}, {"model.width": 32}], folds=26, devices=8, **fields))
    kept = f"{plan_text.written(2 * weights * ONE.weights)} of weights are kept"
    assert (kept if weights else "no weights are kept") in two


def test_what_the_clock_may_save_is_said_with_how_long_that_takes():
    fields = {"train.save_every": 0, "train.save_minutes": 0.5}
    said = "of training state while a wave trains"
    assert f"{said} for longer than 0.5 minutes." in plan_text.render(planned(**fields))
    assert f"{said}." in plan_text.render(planned(**fields | {"train.save_every": 5}))


def test_what_does_not_fit_is_said_with_what_does():
    memory = 2**30 + 350 * 2**20
    assert not planned(memory=memory, **{"runtime.group": 3}).exceeding
    made = planned(memory=memory, **{"runtime.group": 4})
    assert made.exceeding == made.groups
    said = "Too much for a device with 1.3 GiB: runtime.group=3 is the largest"
    assert said in plan_text.render(made)
    none = plan_text.render(planned(memory=2**30))
    assert "not even one replica fits" in none
    assert "Too much" not in plan_text.render(planned(**{"runtime.group": 4}))
    assert not planned(**{"runtime.group": 4}).exceeding


def test_the_text_is_one_sentence_a_table_and_two_lines():
    text = plan_text.render(planned(memory=4 * 2**30, **{"runtime.group": 2}))
    assert text.splitlines() == [
        "26 replicas (1 trial × 1 seed × 26 folds) in 2 waves on 8 devices: 40 updates one after "
        "another, each of 2 replicas on a device.",
        "",
        "replicas  devices × group  waves  updates  padding  memory of a device (4.0 GiB)  "
        "largest group",
        "      26            8 × 2      2       40        6                       1.2 GiB  "
        "           30",
        "",
        "Memory: 1.0 GiB for the clips and, for each replica, 30.0 MiB for its state and 70.0 MiB "
        "for an update (estimated).",
        "Disk: 0.3 GiB of weights are kept, and up to 0.5 GiB of training state while a wave "
        "trains.",
    ]


def test_auto_is_planned_with_what_is_chosen_and_why():
    auto = {"runtime.group": "auto", "runtime.cache_dir": ""}
    (one,) = planned(memory=2**30 + 350 * 2**20, devices=1, **auto).groups
    assert one.group == 2  # four side by side need 1.4 GiB
    text = plan_text.render(planned(memory=2**30 + 350 * 2**20, devices=1, **auto))
    assert (
        "\nruntime.group=auto: 2 (by memory alone: 4 side by side need 1.4 of a device's 1.3 GiB; "
        "training times smaller ones too, once).\nMemory: "
    ) in text
    wide = planned([{}, {"model.width": 32}], devices=1, **auto)
    assert [group.group for group in wide.groups] == [1, 1]
    assert plan_text.render(wide).count("runtime.group=auto, trials ") == 2
    assert "auto" not in plan_text.render(planned())


def test_compiled_programs_are_told_apart_by_their_trials():
    changes = [
        {},
        {"optim.learning_rate": 0.1},
        {"model.width": 32},
        {"model.fcc": "none", "train.steps": 40},
        {"optim.learning_rate": 0.2},
    ]
    text = plan_text.render(planned(changes))
    rows = [line.rpartition("MiB  ")[2].rpartition("GiB  ")[2] for line in text.splitlines()[3:6]]
    assert rows == [
        "0, 1, 4: model.width=16 model.fcc=both train.steps=20",
        "2: model.width=32 model.fcc=both train.steps=20",
        "3: model.width=16 model.fcc=none train.steps=40",
    ]
    assert "in 18 waves of 3 compiled programs on 8 devices" in text
    assert (
        plan_text.render(planned(changes[:2] + changes[2:3]))
        .splitlines()[3]
        .endswith("  0–1: model.width=16")
    )


@pytest.mark.parametrize("name", ["folds", "seeds", "devices", "memory"])
@pytest.mark.parametrize("value", [0, -1])
def test_numbers_that_are_too_small_are_refused(name, value):
    with pytest.raises(UserError, match=f"{name} is {value}; a plan needs at least 1"):
        planned(**{name: value})


def test_a_plan_needs_clips_and_classes():
    for wrong in ({"clips": 1, "classes": 3}, {"clips": 9, "classes": 1}):
        with pytest.raises(UserError, match="is 1; a plan needs at least 2"):
            plan.make_plan(plain(tiny.config()), seeds=1, folds=2, devices=1, **wrong)


def test_bytes_are_written_with_their_unit():
    assert plan_text.written(3 * 2**30 // 2) == "1.5 GiB"
    assert plan_text.written(2**20 * 5 // 2) == "2.5 MiB"
    assert plan_text.written(2000 * 2**30) == "2,000.0 GiB"
