"""A report says where a run went on under something else than it started with."""

import pytest

from mol_jax.reporting import repeat_sections

CPU = {"device": "cpu: X, 2 cores", "driver": "", "matmul_precision": "default"}
GPU = CPU | {"device": "gpu: NVIDIA H100", "driver": "550.54"}
COMMIT = "**Not of one piece:** it went on under commit unknown"


def session(computed_on=None, versions="1"):
    of_machine = {} if computed_on is None else {"computed_on": computed_on}
    return {"versions": {"jax": versions}, "git_commit": None, **of_machine}


@pytest.mark.parametrize(
    ("sessions", "sentences"),
    [
        ([session(CPU)], []),
        ([session(CPU), session(CPU)], [f"{COMMIT}."]),
        ([session(CPU), session(CPU, "2")], [f"{COMMIT} and other package versions."]),
        (
            [session(CPU), session(GPU), session(CPU, "2")],
            [
                f"{COMMIT}, computed with device gpu: NVIDIA H100, driver 550.54.",
                f"{COMMIT} and other package versions.",
            ],
        ),
        (
            [session(GPU), session(CPU | {"matmul_precision": "highest"})],
            [
                f"{COMMIT}, computed with device cpu: X, 2 cores, driver none, "
                "matmul precision highest."
            ],
        ),
        ([session(), session(GPU)], [f"{COMMIT}."]),  # by an earlier version
        ([session(GPU), session(GPU | {"kernels": "default"})], [f"{COMMIT}."]),  # by a later one
        (
            [session(GPU | {"kernels": kind}) for kind in ("deterministic", "default")],
            [f"{COMMIT}, computed with kernels default."],
        ),
        ([session("damaged"), session(3)], [f"{COMMIT}."]),
    ],
)
def test_later_sessions_are_told_by_what_changed(sessions, sentences):
    assert repeat_sections._sessions(sessions) == sentences
