"""From records and a view to the table: labels, order, counts, and what is refused."""

import zlib

import numpy as np
import pytest

from mol_jax import data
from mol_jax.errors import UserError
from tests.mol_jax import tiny

EMOTIONS = ("happiness", "disgust", "repression", "surprise", "others", "fear")


def record(index: int, emotion: str, *, apex: int = 3) -> dict:
    rng = np.random.default_rng(index)
    return {
        "dataset": "synthetic",
        "subject": f"sub{index % 3:02d}",
        "person": f"synthetic/sub{index % 3:02d}",
        "clip": f"EP{index:02d}",
        "emotion": emotion,
        "action_units": "12",
        "onset": 1,
        "apex": apex,
        "offset": 5,
        "frames": rng.integers(0, 256, (5, 72, 72, 1), dtype=np.uint8),
        "frame_numbers": np.arange(1, 6),
        "landmarks": rng.normal(size=(5, 68, 2)).astype(np.float32),
        "sampled": np.array([0, 2]),
        "flow": rng.normal(size=(1, 72, 72, 2)).astype(np.float16),
        "missed": index % 2,
        "repeated": int(index == 0),
    }


@pytest.fixture
def built(monkeypatch):
    """Returns a function that puts records where `load` finds them."""

    def put(records, *, generated=True):
        metadata = {"generated": generated}
        monkeypatch.setattr(data, "open_dataset", lambda *_: (records, metadata))

    return put


def load(view="3class_naive", name="synthetic", **changes):
    config = tiny.config(**{"data.view": view, "data.name": name} | changes)
    return data.load(config, "anywhere")


def test_a_view_chooses_and_names_the_rows(built):
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    dataset = load()
    labels = {
        name.clip: dataset.classes[label]
        for name, label in zip(dataset.names, dataset.table.label, strict=True)
    }
    assert labels == {
        "EP00": "positive",
        "EP01": "negative",
        "EP02": "negative",
        "EP03": "surprise",
    }
    assert dataset.fingerprint["class_counts"] == {"negative": 2, "positive": 1, "surprise": 1}
    assert dataset.fingerprint["n_clips"] == 4 and dataset.fingerprint["n_subjects"] == 3
    assert dataset.fingerprint["missed_frames"] == 2 and dataset.fingerprint["repeated_clips"] == 1


def test_the_table_holds_the_sampled_frames(built):
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    dataset = load("5class")
    for row, name in enumerate(dataset.names):
        source = next(r for r in records if r["clip"] == name.clip)
        np.testing.assert_array_equal(dataset.table.frames[row], source["frames"][[0, 2], ..., 0])
        np.testing.assert_array_equal(dataset.table.landmarks[row], source["landmarks"][[0, 2]])
        np.testing.assert_array_equal(dataset.table.flow[row], source["flow"])
        path = f"{name.dataset}/{name.subject}/{name.clip}"
        assert dataset.table.clip_id[row] == zlib.crc32(path.encode())


def test_the_order_of_records_does_not_matter(built):
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    straight = load()
    built(records[::-1])
    assert load().names == straight.names
    assert load().fingerprint == straight.fingerprint


def test_the_fingerprint_tells_contents_apart(built):
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    before = load().fingerprint["content_crc32"]
    records[0]["flow"][0, 0, 0, 0] += 1
    assert load().fingerprint["content_crc32"] != before


def test_megc2019_needs_an_apex_after_the_onset(built):
    apexes = {"EP01": -1, "EP02": 1}
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    records += [record(6, "disgust")]
    for r in records:
        r["apex"] = apexes.get(r["clip"], r["apex"])
    built(records)
    assert {name.clip for name in load("3class_megc2019").names} == {"EP00", "EP03", "EP06"}


def test_a_class_without_a_clip_is_refused(built):
    built([record(0, "happiness"), record(1, "disgust")])
    with pytest.raises(UserError, match="has no clip of class surprise"):
        load()


def test_a_published_count_that_is_not_met_is_refused(built):
    records = [record(i, emotion) | {"dataset": "casme2"} for i, emotion in enumerate(EMOTIONS)]
    built(records, generated=False)
    with pytest.raises(UserError, match="has 4 clips, but its rule gives 147"):
        load(name="casme2")
    allowed = load(name="casme2", **{"data.allow_count_mismatch": True})
    assert len(allowed.names) == 4
    built(records, generated=True)  # a look-alike of another size is what it is
    assert len(load(name="casme2").names) == 4


def test_an_unknown_view_and_an_unbuilt_dataset_are_named(tmp_path):
    with pytest.raises(UserError, match=r"3class_naiv.*3class_naive"):
        load("3class_naiv")
    with pytest.raises(UserError, match=r"python -m data_builders\.build casme2 --source="):
        data.load(tiny.config(), tmp_path)
