"""A run says at its start which classes no fold can learn and test."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from configs import default
from mol_jax.data.clips import ClipName
from mol_jax.protocol.folds import make_folds
from mol_jax.study import experiment

PERSONS = ["d/anna", "d/anna", "d/ben", "d/cara"]


@pytest.mark.parametrize(("labels", "said"), [((2, 0, 0, 0), True), ((0, 2, 2, 0), False)])
def test_a_class_of_one_person_is_said_before_training(labels, said):
    config = default.get_config()
    config.seeds = (0,)
    dataset = SimpleNamespace(
        names=[ClipName("d", person[2:], person, f"c{k}") for k, person in enumerate(PERSONS)],
        fingerprint={"n_subjects": 3},
        classes=("sad", "happy", "rare"),
        table=SimpleNamespace(label=np.array(labels, np.int32)),
    )
    folds = make_folds("loso", PERSONS)
    found = experiment.audit.audit(
        folds, PERSONS, [f"c{k}" for k in range(4)], np.arange(4, dtype=np.uint8), independent=True
    )
    trial = SimpleNamespace(config=config)
    study = SimpleNamespace(
        config=config, trials=[trial], folds=folds, dataset=dataset, audit=found, weights=()
    )
    out = io.StringIO()
    experiment._announce(study, Console(file=out, width=200))
    text = out.getvalue()
    assert "4 clips of 3 subjects" in text
    assert ("The class rare cannot be learned: the fold that tests it (anna)" in text) == said
