"""Every declared field changes something: no dead option.

Traced fields are shown to change an update, static ones the traced program, and the others have a
test of their own, named here.
"""

import functools
from pathlib import Path

import jax
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.protocol import folds
from mol_jax.settings import trials
from mol_jax.settings.fields import NO_RESULT
from mol_jax.study import study
from mol_jax.training.engine import Engine
from mol_jax.training.fetching import chunk_metrics, take_replica
from mol_jax.training.program import make_program
from mol_jax.training.step import FoldState
from tests.mol_jax import tiny
from tests.mol_jax.update import Update

FIELDS = settings.declared("mol")
TRACED = {
    "model.dropout": 0.9,
    "model.lambda_flow": 5.0,
    "model.lambda_landmark": 1.0,
    "loss.label_smoothing": 0.3,
    "loss.focal_gamma": 2.0,
    "loss.logit_adjustment": 1.0,
    "loss.lambda_auxiliary": 1.0,
    "loss.temperature": 1.0,
    "augment.crop_jitter": 0.0,
    "augment.flip_probability": 0.0,
    "optim.learning_rate": 1e-4,
    "optim.warmup": 3,
    "optim.weight_decay": 1.0,
}
STATIC = {
    "data.frames": 4,
    "tasks.mer": False,
    "tasks.flow": False,
    "tasks.landmarks": False,
    "data.crop": 128,
    "model.width": 32,
    "model.num_f5c": 2,
    "model.neighbours": 3,
    "model.fcc": "vertical",
    "model.ccc": False,
    "model.graph": "spatial",
    "model.edge": "twice",
    "model.f5c": "per_frame",
    "model.fusion": "add",
    "model.flow_width": 1 / 32,
    "model.landmark_width": 1 / 16,
    "model.mer_width": 1 / 8,
    "model.dtype": "bfloat16",
    "optim.name": "sgd",
    "optim.schedule": "cosine",
    "optim.b1": 0.5,
    "optim.b2": 0.9,
    "optim.eps": 1e-3,
    "train.batch_size": 6,
    "train.sampler": "balanced",
    "train.phase": "random",
    "loss.auxiliary": "supcon",
    "runtime.lowering": "patches",
    "init.rates": ("hidden:0.5",),
    "init.frozen": ("conv",),
}
GENERATED = "data/test_generated.py: test_generated_clips_have_a_folder_for_each_setting"
CROSS = "study/test_protocols.py: test_a_cross_dataset_run_tests_the_other_dataset_once_a_seed"
PYTORCHS = "training/test_optim.py: test_decays_and_momentum_are_pytorchs"
METRIC = ["loss.center", "loss.triplet", "loss.triplet_margin"]
METRIC += ["loss.cosface", "loss.cosface_scale", "loss.cosface_margin"]
ELSEWHERE = {
    "seeds": "study/test_experiment.py: test_seeds_are_studies_of_their_own",
    "data.name": "data/test_load.py: test_an_unknown_view_and_an_unbuilt_dataset_are_named",
    "data.view": "data/test_load.py: test_a_view_chooses_and_names_the_rows",
    "data.dir": GENERATED,
    "data.flow": "data/test_generated.py: test_the_build_has_the_size_the_crop_needs",
    "data.sampling": "data/test_load.py: test_clips_can_be_interpolated_in_time",
    "data.phases": "data/test_load.py: test_the_phases_of_a_clip_follow_its_even_sample",
    "data.magnify": "data/test_generated.py: test_the_build_has_the_size_the_crop_needs",
    "data.apex_source": "data/test_load.py: test_inputs_are_made_up_to_the_apex_that_is_asked_for",
    "data.normalisation": "data/test_load.py: test_a_subjects_own_statistics_are_used_on_demand",
    "data.alignment": "data/test_generated.py: test_the_build_has_the_size_the_crop_needs",
    "data.allow_count_mismatch": "data/test_load.py: "
    "test_a_published_count_that_is_not_met_is_refused",
    "data.check_csv": "data/test_load.py: test_clips_are_checked_against_the_organisers_list",
    "data.generate.subjects": GENERATED,
    "data.generate.clips": GENERATED,
    "data.generate.seed": GENERATED,
    "data.generate.emotions": GENERATED,
    "data.generate.amplitude": GENERATED,
    "protocol.name": "study/test_experiment.py: test_kfold_holds_out_groups_of_subjects",
    "protocol.only": "study/test_train_waves.py: test_folds_can_be_trained_a_few_at_a_time",
    "protocol.folds": "study/test_experiment.py: test_kfold_holds_out_groups_of_subjects",
    "protocol.train": CROSS,
    "protocol.test": CROSS,
    "selection.name": "study/test_validation.py: "
    "test_every_point_has_the_held_in_and_the_held_out_clips",
    "selection.every": "study/test_validation.py: "
    "test_every_point_has_the_held_in_and_the_held_out_clips",
    "selection.validation": "protocol/test_held_in.py: "
    "test_some_training_persons_are_moved_and_nobody_is_on_two_sides",
    "selection.leaky_oracle": "study/test_validation.py: "
    "test_a_fixed_budget_is_as_it_was_with_the_oracle_beside_it",
    "model.network": "networks/test_strangers.py: "
    "test_a_whole_study_is_trained_from_the_command_line",
    "model.landmark_start": "training/test_step.py: test_the_landmark_head_can_start_at_zero",
    **dict.fromkeys(METRIC, "networks/test_metric.py: test_each_number_changes_its_term"),
    "optim.l2": PYTORCHS,
    "optim.momentum": PYTORCHS,
    "optim.final_share": "training/test_optim.py: test_a_cosine_is_optaxs",
    "train.steps": "study/test_experiment.py: test_history_has_a_row_for_every_chunk",
    "train.log_every": "study/test_experiment.py: test_history_has_a_row_for_every_chunk",
    "train.save_every": "study/test_experiment.py: test_a_stopped_run_resumes_to_the_same_bits",
    "train.save_minutes": "study/test_saving.py: test_a_save_is_due_by_the_clock_or_by_the_steps",
    "train.keep_weights": "study/test_train_waves.py: "
    "test_without_weights_a_study_goes_on_and_says_why_it_cannot_be_evaluated",
    "predict.batch_size": "below",
    "predict.keep": "study/test_keeping.py: test_only_the_named_clips_are_kept",
    "predict.phases": "study/test_experiment.py: test_predictions_can_be_averaged_over_phases",
    "runtime.devices": "below",
    "runtime.group": "below",
    "runtime.loop": "below",
    "runtime.deterministic": "training/test_compiled.py: "
    "test_a_gpu_is_told_to_give_the_same_bits_and_a_cpu_to_be_quick",
    "runtime.cache_dir": "test_main.py: test_compiled_programs_are_kept_where_the_config_says",
    "init.weights": "study/test_given.py: test_every_fold_starts_from_the_weights_that_are_given",
    "init.fresh": "study/test_given.py: test_every_fold_starts_from_the_weights_that_are_given",
}


NETWORKS = tiny.NAME, "mol"
# Without flow, whose head is most of what compiling MOL costs.
SUPCON = {"loss.auxiliary": "supcon"}
UPDATED = {tiny.NAME: SUPCON | tiny.STAND_IN, "mol": SUPCON | {"tasks.flow": False}}


def test_every_field_is_covered():
    assert set(TRACED) | set(STATIC) | set(ELSEWHERE) == set(FIELDS)


def test_what_changes_an_update_is_compared_with_the_paper():
    """But for how a convolution is computed, which moves a result by rounding."""
    changing = {*TRACED, *STATIC} - {"runtime.lowering"}
    assert [name for name in changing if FIELDS[name].paper is NO_RESULT] == []


@pytest.mark.parametrize("where", sorted({w for w in ELSEWHERE.values() if w != "below"}))
def test_the_tests_named_above_exist(where):
    file, name = where.split(": ")
    assert f"def {name}(" in (Path(__file__).parent / file).read_text()


@pytest.fixture(scope="module")
def update(replicas):
    """Returns a function from a network and changes to the parameters and the loss after one."""
    engine_of = functools.cache(
        lambda network: Engine(
            functools.partial(tiny.program, **UPDATED[network]), tiny.table(), devices=1
        )
    )

    def run(network, **changes):
        config = tiny.config(**{"model.network": network} | changes)
        engine = engine_of(network)
        wave = engine.wave(replicas[:1], [settings.scalars(config)])
        state, metrics = engine.advance(wave, engine.init(wave), 1)
        return chunk_metrics(metrics).total[0], take_replica(state, 0).params

    return run


@pytest.mark.parametrize(
    ("network", "name"),
    [
        *((tiny.NAME, name) for name in TRACED),
        *(
            pytest.param("mol", name, marks=pytest.mark.slow)
            for name in TRACED
            if name != "model.lambda_flow"
        ),
    ],
)
def test_traced_field_changes_an_update(update, network, name):
    loss, params = update(network)
    other_loss, other_params = update(network, **{name: TRACED[name]})
    changed = jax.tree.map(lambda a, b: bool((a != b).any()), params, other_params)
    assert any(jax.tree.leaves(changed))
    in_the_loss = not name.startswith("optim.")
    assert (loss != other_loss) == in_the_loss


def update_of(network, **changes) -> Update:
    """Returns the update of a network with some fields changed."""
    config = tiny.config(**{"model.network": network} | changes)
    program = make_program(config, num_classes=3)
    table = tiny.table(frames=config.data.frames, size=program.side, phases=1)
    return Update(program, settings.scalars(config), table)


standard_update = functools.cache(update_of)


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS)
def test_the_same_settings_have_the_same_program(network):
    """Else the text below would differ whatever a field does: an address in it is enough."""
    expected = standard_update(network)
    text = expected.text
    jax.clear_caches()
    again = update_of(network)
    assert again.shapes == expected.shapes and again.text == text


@pytest.mark.slow
@pytest.mark.parametrize("name", STATIC)
def test_static_field_changes_the_program(name):
    """Fields of the model, and how its convolutions are computed, are MOL's; others are any's."""
    network = NETWORKS[name.startswith("model.") or name == "runtime.lowering"]
    changed = update_of(network, **{name: STATIC[name]})
    assert changed.differs(standard_update(network))


@pytest.fixture
def calls(monkeypatch):
    """The functions that engines map over replicas, and what they are called with; none is run."""
    made = []

    def program(self, function, axes, **how):
        return lambda *arguments: made.append((function.__name__, arguments)) or (None, None)

    monkeypatch.setattr(Engine, "_program", program)
    return made


def engine_of(config) -> Engine:
    """Returns the engine that a study with this config has."""
    config = config.copy_and_resolve_references()
    trial = trials.plain(config)
    one = study.Study(trial, tiny.dataset(), folds.make_folds("loso", PERSONS), *[None] * 4)
    return one.engine(trial)


PERSONS = [f"tiny/sub{row // 4}" for row in range(12)]


def test_prediction_runs_in_batches_of_the_given_size(replicas, calls, monkeypatch):
    monkeypatch.setattr(jax, "device_get", lambda _: np.zeros((1, 4)))
    for size in (2, 3):
        engine = engine_of(tiny.config(**{"predict.batch_size": size, "runtime.devices": 1}))
        wave = engine.wave(replicas[:1], [settings.scalars(tiny.config())])
        engine.predict(wave, FoldState(*[None] * 6), [replicas[0].fold.test])
    shapes = [arguments[1].shape for name, arguments in calls if name == "predict"]
    assert shapes == [(1, 2), (1, 2), (1, 3), (1, 3)]


@pytest.mark.parametrize(("loop", "used"), [("host", "sss"), ("scan", "c"), ("auto", "sss")])
def test_loop_chooses_between_one_step_and_a_chunk_a_call(replicas, calls, loop, used):
    engine = engine_of(tiny.config(**{"runtime.loop": loop}))
    wave = engine.wave(replicas[:1], [settings.scalars(tiny.config())])
    engine.advance(wave, None, 3)
    letters = {"train_step": "s", "train_chunk": "c"}
    assert "".join(letters[name] for name, _ in calls) == used


@pytest.mark.parametrize(
    ("changes", "devices", "group"),
    [
        ({}, 3, 1),
        ({"runtime.devices": 2}, 2, 1),
        ({"runtime.devices": 1, "runtime.group": 2}, 1, 2),
    ],
)
def test_devices_and_group_shape_a_wave(changes, devices, group):
    """Of three replicas; there are eight devices."""
    engine = engine_of(tiny.config(**changes))
    assert (engine.devices, engine.group) == (devices, group)
