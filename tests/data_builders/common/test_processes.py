import os

import pytest

from data_builders.common.processes import default_workers, pool
from mol_jax.errors import UserError


def test_a_killed_process_is_one_sentence():
    with (
        pytest.raises(UserError, match="a worker process was killed"),
        pool(1, os._exit, 1) as processes,
    ):
        list(processes.map(abs, [-1]))


def test_one_process_per_core_this_one_may_use():
    assert 1 <= default_workers() <= os.cpu_count()
