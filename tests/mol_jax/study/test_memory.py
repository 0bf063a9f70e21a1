"""What memory does not hold is refused with numbers, before data are looked for."""

import re

import pytest

from configs import casme2
from configs.networks import frl_dgt
from mol_jax.data.known import Sizes
from mol_jax.errors import UserError
from mol_jax.settings.trials import plain
from mol_jax.study import memory, study
from mol_jax.training import footprint
from mol_jax.training.footprint import Footprint
from tests.mol_jax import runs, tiny

GIB = 2**30
COMPOSITE = Sizes(3, 442, 68)
# As the plan has FRL-DGT's at full size, and larger in a group
ONE = Footprint(
    weights=100 * 2**20,
    optimiser=200 * 2**20,
    best=0,
    update=4 * GIB,
    update_in_group=5 * GIB,
    table=GIB,
)


@pytest.fixture
def pretend(monkeypatch):
    """Sets the GiB that a GPU tells of, or else the machine; None: it does not."""

    def set_to(*, gpu=None, machine=None):
        told = {"device_memory": gpu, "machine_memory": machine}
        for name, gib in told.items():
            size = None if gib is None else int(gib * GIB)
            monkeypatch.setattr(memory, name, lambda size=size: size)

    return set_to


@pytest.fixture
def known(monkeypatch):
    """Has every study take what ONE says, and counts how often that is asked."""
    asked = []
    monkeypatch.setattr(
        footprint, "estimate", lambda config, **how: asked.append(how["clips"]) or ONE
    )
    return asked


def full(**changes):
    config = frl_dgt.get_config()
    config.update_from_flattened_dict(changes)
    return plain(config)


def refused(trials, sizes=COMPOSITE):
    with pytest.raises(UserError) as error:
        memory.check(trials, sizes)
    return str(error.value)


@pytest.mark.slow
def test_frl_dgt_at_full_size_is_refused_by_what_it_needs_and_by_nothing_more(pretend):
    pretend(gpu=4)
    said = refused(full())
    needs, has, clips, state, update = (float(n) for n in re.findall(r"([\d.]+) GiB", said))
    assert has == 4 and needs == pytest.approx(clips + state + update, abs=0.11)
    # 587 MB of key frames and 293 MB of flow; weights and two moments of 25,082,119 parameters
    assert clips == round(880e6 / GIB, 1) and state == round(12 * 25_082_119 / GIB, 1)
    assert "for 442 clips" in said and "an update with 32 clips" in said
    assert "a smaller train.batch_size than 32 or model.dtype=bfloat16 or data.crop=128" in said
    pretend(gpu=needs + 0.1)
    memory.check(full(), COMPOSITE)
    pretend(gpu=4)
    memory.check(full(**{"train.batch_size": 16, "model.dtype": "bfloat16"}), COMPOSITE)


def test_a_gpu_is_asked_and_else_the_machine(pretend, known):
    pretend(gpu=5, machine=500)
    assert "there are 5.0 GiB" in refused(full())
    pretend(gpu=80, machine=2)
    memory.check(full(), COMPOSITE)
    pretend(machine=5)
    said = refused(full())
    assert "needs 5.3 GiB of memory, and there are 5.0 GiB (cpu: " in said
    assert "bfloat16" not in said  # which a CPU computes in float32
    pretend(machine=5.4)
    memory.check(full(), COMPOSITE)
    pretend()
    memory.check(full(), COMPOSITE)
    assert set(known) == {442}


def test_cores_share_the_machines_memory_and_gpus_have_their_own(pretend, known):
    pretend(machine=10)
    memory.check(full(), COMPOSITE)
    said = refused(full(**{"runtime.devices": 2}))
    assert "needs 10.6 GiB" in said and "on each of 2 devices" in said
    assert "Set runtime.devices=1 or a smaller" in said
    pretend(gpu=10)
    memory.check(full(**{"runtime.devices": 2}), COMPOSITE)


def test_a_group_is_counted_whole_and_a_smaller_one_advised(pretend, known):
    pretend(gpu=20)
    said = refused(full(**{"runtime.group": 4}))
    assert "for each of 4 replicas" in said and "needs 22.2 GiB" in said
    assert "Set runtime.group=3, or take" in said
    memory.check(full(**{"runtime.group": "auto"}), COMPOSITE)
    memory.check(full(**{"runtime.group": 4}), COMPOSITE._replace(folds=2))  # a wave is of two


def test_clips_that_do_not_fit_by_themselves_need_no_smaller_batch(pretend, known):
    pretend(gpu=1)
    said = refused(full())
    assert "batch_size" not in said and "data.crop=128" in said and "--size=144" in said
    assert "Set data of fewer clips" in refused(full(**{"data.crop": 64, "model.dgm_levels": 3}))


def test_what_is_advised_is_allowed(pretend, known):
    """72 px cannot be halved four times, nor a batch be of one clip."""
    pretend(gpu=5)
    assert "data.crop" not in refused(full(**{"data.crop": 128}))
    assert "data.crop=64" in refused(full(**{"data.crop": 128, "model.dgm_levels": 3}))
    pretend(gpu=3)
    said = refused(full(**{"train.batch_size": 2}))
    assert "Set model.dtype=bfloat16 or data.crop=128" in said


def test_all_frames_of_a_sequence_count_before_it_is_traced():
    pair, sequence = (
        memory._at_most(full(**changes)[0].config, COMPOSITE._replace(clips=2), 1)
        for changes in ({}, {"model.sequence": True})
    )
    assert sequence / pair == pytest.approx(10 / 2, rel=0.001)


def test_a_study_that_fits_whatever_it_does_is_not_traced(pretend, known):
    pretend(machine=1)
    memory.check(plain(tiny.config()), Sizes(3, 12, 3))
    assert not known
    pretend(machine=1e-3)
    assert "12 clips" in refused(plain(tiny.config()), Sizes(3, 12, 3)) and known == [12]


@pytest.mark.parametrize("made", [frl_dgt, casme2], ids=["FRL-DGT", "MOL"])
def test_it_is_said_before_the_dataset_is_looked_for(pretend, known, made, tmp_path):
    config = made.get_config()
    config.data.dir = str(tmp_path / "nowhere")
    for gib, words in ((4, "training needs 5.3 GiB"), (80, "nowhere")):
        pretend(gpu=gib)
        with (
            pytest.raises(UserError, match=words),
            study.opened(
                plain(config), tmp_path / "run", command="train", console=runs.QUIET, new=True
            ),
        ):
            pass
    assert not (tmp_path / "run").exists()
