"""Every constant of the spotters changes what is spotted in a face that blinks and turns."""

import dataclasses

import numpy as np
import pytest

from mol_jax.spotting.methods import flow
from mol_jax.spotting.settings import USUAL, Settings
from mol_jax.spotting.spotters import spot
from tests.mol_jax.spotting.moving import bump, recording

FREQUENCY = {
    "low": 3.0, "high": 2.5, "order": 4, "side": 32, "ends": 0.8, "shared": 2.0, "winks": 3.0,
    "often": 50.0,
}  # fmt: skip
FLOW = {
    "smooth": 0.15, "turns": 3.0, "blinks": 4.0, "factor": 50.0, "share": 0.8, "back": 1.0,
    "reach": 0.15,
}  # fmt: skip
BOTH = {
    "rate": 20.0, "half": 0.3, "around": 2.5, "beside": 0.2, "repeats": 3.0, "shortest": 0.65,
    "longest": 0.15, "apart": 3.0,
}  # fmt: skip
CASES = [
    *(("frequency", *each) for each in (FREQUENCY | BOTH).items()),
    *(("flow", *each) for each in (FLOW | BOTH).items()),
    ("flow", "least", 1.0),
]


@pytest.fixture(scope="module")
def face():
    """Five seconds: a smile, twice; two blinks; one turn of the head there and back."""
    smiles = [bump(1.0, 0.4, 2.5), bump(3.9, 0.35, 2.5)]
    blinks = [bump(2.0, 0.3, 1.0), bump(3.1, 0.3, 1.0)]
    return recording(
        150,
        mouth=lambda t: sum(each(t) for each in smiles),
        lids=lambda t: sum(each(t) for each in blinks),
        head=bump(2.6, 0.6, 1.0),
    )


@pytest.fixture(scope="module")
def usual(face):
    return {method: spot(method, *face) for method in ("flow", "frequency")}


@pytest.fixture(autouse=True, scope="module")
def seen_once():
    """The flow between two frames is found once for all constants."""
    between, known = flow.between, {}

    def kept(frames, landmarks, pairs):
        new = list(dict.fromkeys(pair for pair in pairs if pair not in known))
        made = between(frames, landmarks, new)
        known.update(zip(new, zip(made.regions, made.lids, made.head, strict=True), strict=True))
        parts = zip(*(known[pair] for pair in pairs), strict=True)
        return flow.Motion(*(np.array(part) for part in parts))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow, "between", kept)
        yield


def test_every_constant_is_here():
    names = {name for _, name, _ in CASES}
    assert names == {field.name for field in dataclasses.fields(Settings)}


@pytest.mark.slow
@pytest.mark.parametrize(("method", "name", "value"), CASES)
def test_a_constant_changes_what_is_spotted(method, name, value, face, usual):
    settings = dataclasses.replace(USUAL, **{name: value})
    found = spot(method, *face, settings=settings)
    same = np.allclose(found.signal, usual[method].signal, atol=1e-4)
    assert usual[method].intervals, "something is spotted"
    assert not same or found.intervals != usual[method].intervals
