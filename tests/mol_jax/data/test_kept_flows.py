"""Flow is computed once and never stale; a bad file or folder costs time and nothing else."""

import dataclasses

import numpy as np
import pytest

from mol_jax.data import kept_flows
from mol_jax.data.svm_features import Pair


@pytest.fixture
def computed(monkeypatch) -> list:
    """Returns the pairs whose flow was computed; every number of it is the first grey level."""
    found = []

    def flow_of(pair):
        found.append(pair)
        return np.full((72, 72, 2), pair.frames[0, 0, 0], np.float16)

    monkeypatch.setattr(kept_flows, "flow_of", flow_of)
    return found


def pairs(path, *levels) -> list[Pair]:
    return [Pair(np.full((2, 72, 72), level, np.uint8), None, path) for level in levels]


def levels(found) -> list[float]:
    for pair in found:
        assert pair.flow.shape == (72, 72, 2) and pair.flow.dtype == np.float16
        assert (pair.flow == pair.frames[0, 0, 0]).all()
    return [float(pair.flow[0, 0, 0]) for pair in found]


def test_what_is_kept_is_not_computed_again(computed, tmp_path):
    path = kept_flows.place(tmp_path, "casme2", "t8_s144_clip")
    assert path.relative_to(tmp_path).as_posix() == "casme2/pair_flows/t8_s144_clip.npz"
    assert levels(kept_flows.with_flows(pairs(path, 3, 1, 3))) == [3, 1, 3]
    assert len(computed) == 2  # the same frames once
    assert levels(kept_flows.with_flows(pairs(path, 1, 3))) == [1, 3]
    assert len(computed) == 2
    assert levels(kept_flows.with_flows(pairs(path, 7, 1))) == [7, 1]  # another view: one more
    assert len(computed) == 3
    assert levels(kept_flows.with_flows(pairs(path, 1, 3, 7))) == [1, 3, 7]
    assert len(computed) == 3 and [p.name for p in path.parent.iterdir()] == [path.name]


def test_parts_of_a_composite_are_kept_apart(computed, tmp_path):
    one, other = tmp_path / "a" / "x.npz", tmp_path / "b" / "x.npz"
    mixed = [pairs(one, 1)[0], pairs(other, 2)[0], pairs(one, 3)[0]]
    assert levels(kept_flows.with_flows(mixed)) == [1, 2, 3]
    assert levels(kept_flows.with_flows(pairs(one, 3, 1))) == [3, 1] and len(computed) == 3
    assert levels(kept_flows.with_flows(pairs(other, 2))) == [2] and len(computed) == 3


@pytest.mark.parametrize("change", ["onset", "apex", "version"])
def test_nothing_stale_is_found(computed, tmp_path, monkeypatch, change):
    (pair,) = pairs(tmp_path / "x.npz", 5)
    kept_flows.with_flows([pair])
    frames = pair.frames.copy()
    if change == "version":
        monkeypatch.setattr(kept_flows, "VERSION", "another OpenCV")
    else:
        frames[("onset", "apex").index(change), 71, 71] += 1
    kept_flows.with_flows([dataclasses.replace(pair, frames=frames)])
    assert len(computed) == 2


def test_a_known_flow_is_taken_and_not_kept(computed, tmp_path):
    (pair,) = pairs(tmp_path / "x.npz", 5)
    known = dataclasses.replace(pair, flow=np.ones((72, 72, 2), np.float16))
    (taken,) = kept_flows.with_flows([known])
    assert taken is known and not computed and not (tmp_path / "x.npz").exists()
    kept_flows.with_flows([pair])
    assert len(computed) == 1 and (tmp_path / "x.npz").exists()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut"])
def test_a_damaged_file_is_made_anew(computed, tmp_path, content):
    path = tmp_path / "x.npz"
    path.write_bytes(content)
    assert levels(kept_flows.with_flows(pairs(path, 5))) == [5] and len(computed) == 1
    assert levels(kept_flows.with_flows(pairs(path, 5))) == [5] and len(computed) == 1


def test_an_array_of_that_name_is_made_anew(computed, tmp_path):
    path = tmp_path / "x.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    assert levels(kept_flows.with_flows(pairs(path, 5))) == [5] and len(computed) == 1
    assert levels(kept_flows.with_flows(pairs(path, 5))) == [5] and len(computed) == 1


@pytest.mark.parametrize("shape", [(2, 72, 72, 2), (1, 288), (1, 72, 72, 3)])
def test_a_file_of_something_else_is_made_anew(computed, tmp_path, shape):
    path = tmp_path / "x.npz"
    key = kept_flows.key_of(pairs(path, 5)[0])
    np.savez(path, keys=np.array([key]), flows=np.zeros(shape, np.float16))
    assert levels(kept_flows.with_flows(pairs(path, 5))) == [5] and len(computed) == 1


def test_a_folder_that_cannot_be_written_costs_time_only(computed, tmp_path):
    (tmp_path / "casme2").write_text("a file where the folder should be")
    path = kept_flows.place(tmp_path, "casme2", "t8_s144_clip")
    for times in (1, 2):
        assert levels(kept_flows.with_flows(pairs(path, 5))) == [5] and len(computed) == times
