"""What FRL-DGT keeps of named clips is what it is scored by, in the file of the right clip."""

import functools
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.dense import kept
from mol_jax.dense.displaced import Displaced
from mol_jax.errors import UserError
from mol_jax.networks.frl_dgt import frl
from mol_jax.networks.frl_dgt.face_encoder import FaceVector
from mol_jax.networks.frl_dgt.regions import NAMES
from mol_jax.networks.network import Dense, Facts
from mol_jax.protocol.folds import make_folds
from mol_jax.study import keeping
from mol_jax.training import step
from mol_jax.training.batches import fold_table
from mol_jax.training.replicas import Replica, Wave
from tests.mol_jax import runs, tiny
from tests.mol_jax.networks.every import NETWORKS
from tests.mol_jax.networks.frl_dgt.drawn import normal
from tests.mol_jax.networks.frl_dgt.small import SMALL

FRL, SIDE = NETWORKS["frl_dgt"], 72
ROWS = 1, 6, 7  # two of one person
CLIPS = tuple(tiny.CLIPS[row] for row in ROWS)
NOTHING = {"model.motion": "dynamic_image", "model.global_fusion": False}


def test_it_is_what_is_scored():
    weights = np.random.default_rng(0).dirichlet(np.ones(9), 2).astype(np.float32)
    shown = frl.Displaced(*normal(1, (2, 2, SIDE, SIDE)), normal(2, (2, SIDE, SIDE, 2)), 0.0, 2)
    face = FaceVector(np.zeros((2, 4)), normal(3, (2, 9, 1)), weights, normal(4, (2, 9, 4)))
    outputs = frl.FrlOutputs(np.zeros((2, 3)), face, shown.replace(warped=shown.first))
    flow = normal(5, (2, SIDE, SIDE, 2))
    network = FRL.program().network
    batch = Batch(None, None, None, None, {"flow_onset_apex": flow})
    measures = network.predict(outputs, batch, Facts(None)).measures
    dense = network.dense(outputs)
    for k in range(2):
        boxes, shift = dense.boxes[k], dense.displacement[k]
        of = Displaced(np.array(SIDE), boxes, shift, flow[k], dense.weights[k])
        scored = [float(measures[name][k]) for name in ("epe_d", "epe_d_zero")]
        assert of.error == pytest.approx(scored)
        for name, weight in zip(NAMES, of.weights, strict=True):
            assert 100 * weight == pytest.approx(float(measures[f"weight_{name}"][k]))
    assert dense.boxes is face.boxes and dense.local_weights is face.local_weights
    assert FRL.program(**{"model.sequence": True}).network.dense(outputs).displacement is None


@pytest.mark.slow
@pytest.mark.parametrize("sequence", [False, True])
def test_the_network_gives_all_of_it(sequence):
    """Traced and not compiled."""
    program = FRL.program(**{"model.sequence": sequence, "model.au_side": 36})
    table, rows = FRL.table(), np.arange(2, dtype=np.int32)
    if sequence:
        table.inputs["tim_frames"] = table.inputs.pop("key_frames")[:, :10]
    fold = fold_table(rows, size=12, seed=0, name="")
    init = functools.partial(step.init_fold, program)
    state = jax.eval_shape(init, FRL.scalars(), table, fold)
    dense = jax.eval_shape(functools.partial(step.predict_dense, program), table, rows, state)
    shapes = {name: leaf.shape for name, leaf in vars(dense).items() if leaf is not None}
    expected = {"boxes": (2, 9, 4), "weights": (2, 9), "local_weights": (2, 9, 4)}
    assert shapes == expected | ({} if sequence else {"displacement": (2, SIDE, SIDE, 2)})


def study(folder: Path, keep=CLIPS, **changes) -> SimpleNamespace:
    """Returns of a study what keeping looks at."""
    config, data = FRL.config(**{"predict.keep": keep} | changes), tiny.dataset()
    data.table.inputs["flow_onset_apex"] = FRL.table().inputs["flow_onset_apex"]
    trial, files = SimpleNamespace(config=config), SimpleNamespace(folder=folder)
    return SimpleNamespace(config=config, trials=[trial], dataset=data, files=files)


REPLICAS = [Replica(0, 0, fold) for fold in make_folds("loso", [f"s{k // 4}" for k in range(12)])]


def test_each_clip_has_its_own_file(tmp_path):
    asked = []

    def predict_dense(wave, weights, rows):
        asked.extend(map(list, rows))
        return [
            Dense(
                displacement=np.stack([np.full((SIDE, SIDE, 2), float(row)) for row in of]),
                boxes=np.zeros((len(of), 9, 4)),
                weights=np.full((len(of), 9), 1 / 9),
            )
            if len(of)
            else Dense()
            for of in rows
        ]

    engine = SimpleNamespace(predict_dense=predict_dense)
    of = study(tmp_path)
    wave = Wave.__new__(Wave)
    object.__setattr__(wave, "replicas", REPLICAS)
    keeping.keep(of, engine, wave, None, [True, True, True])
    assert asked == [[1], [6, 7], []]
    for row, clip in zip(ROWS, CLIPS, strict=True):
        held = kept.find(tmp_path, 0, 0, [tuple(clip.split("/"))], Displaced)[0]
        assert (held.displacement == row).all() and int(held.side) == SIDE
        np.testing.assert_array_equal(held.flow, of.dataset.table.inputs["flow_onset_apex"][row])
        assert held.local_weights is None
    assert len(list(tmp_path.rglob("*.npz"))) == 3


def test_where_there_is_nothing_no_clip_is_asked_for(tmp_path):
    assert list(keeping.rows_of(study(tmp_path), REPLICAS[0])) == [1]
    assert list(keeping.rows_of(study(tmp_path, **NOTHING), REPLICAS[0])) == []
    some = NOTHING | {"model.motion": "dgm"}
    assert list(keeping.rows_of(study(tmp_path, **some), REPLICAS[0])) == [1]


def test_a_network_with_nothing_to_keep_is_refused(tmp_path, monkeypatch):
    runs.serve(monkeypatch, tiny.dataset())
    with pytest.raises(UserError, match=r"predict\.keep names clips, but"):
        runs.train(tmp_path / "run", **SMALL | NOTHING | {"predict.keep": CLIPS})
    assert not (tmp_path / "run").exists()
