import sys

import numpy as np
import pytest
from tensorflow_datasets.core import shuffle

from data_builders.build import build
from data_builders.records.in_order import InOrder, in_order
from data_builders.records.load import open_dataset


def test_records_come_back_in_the_order_they_were_given(tmp_path):
    rng = np.random.default_rng(0)
    records = [rng.bytes(int(n)) for n in rng.integers(0, 5000, 50)]
    held = InOrder(tmp_path, "salt", disable_shuffling=True)
    assert all(held.add(key, data) for key, data in enumerate(records))
    assert (held.size, held.num_examples) == (sum(map(len, records)), 50)
    assert held.bucket_lengths == [50]
    assert list(held) == list(enumerate(records))
    assert list(tmp_path.iterdir()) == []


def test_tfds_has_its_own_back_afterwards():
    before = shuffle.Shuffler
    with pytest.raises(KeyError), in_order():
        assert shuffle.Shuffler is InOrder
        raise KeyError
    assert shuffle.Shuffler is before


def test_a_dataset_larger_than_the_buffer_of_tfds_needs_no_tensorflow(
    small_tree, detector, tmp_path, monkeypatch
):
    monkeypatch.setattr(shuffle, "MAX_MEM_BUFFER_SIZE", 1000)
    options = {"frames": 2, "size": 72, "workers": 1, "make_detector": detector}
    built = build("casme2", small_tree.root, data_dir=tmp_path, **options)
    assert built.metadata["clips"] == len(open_dataset("casme2", tmp_path, "t2_s72_clip")[0]) == 3
    assert "tensorflow" not in sys.modules
