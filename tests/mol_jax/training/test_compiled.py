"""What XLA is told of a wave's programs, and when their results are waited for."""

import jax
import numpy as np
import pytest

from mol_jax.training import compiled, fetching
from mol_jax.training.engine import Engine
from tests.mol_jax import tiny

QUICK = {"xla_backend_optimization_level": 0}
ONE_THREAD = {"xla_cpu_multi_thread_eigen": False}
SAME_BITS = {"xla_gpu_deterministic_ops": True}


@pytest.fixture
def kept(monkeypatch):
    """The options of every program that is compiled, as they are handed over."""
    options, real = [], jax.jit

    def jit(function, *, compiler_options, **how):
        options.append(compiler_options)
        return real(function, compiler_options=compiler_options, **how)

    monkeypatch.setattr(jax, "jit", jit)
    return options


@pytest.mark.parametrize(
    ("backend", "deterministic", "options", "told"),
    [
        ("cpu", False, (), None),
        ("cpu", True, (), None),  # it gives the same bits anyway
        ("cpu", True, compiled.QUICK_COMPILE, QUICK),
        ("gpu", False, (), None),
        ("gpu", False, compiled.QUICK_COMPILE, None),
        ("gpu", True, (), SAME_BITS),
        ("gpu", True, compiled.QUICK_COMPILE, SAME_BITS),
        ("tpu", True, compiled.QUICK_COMPILE, None),
    ],
)
def test_a_gpu_is_told_to_give_the_same_bits_and_a_cpu_to_be_quick(
    monkeypatch, kept, backend, deterministic, options, told
):
    monkeypatch.setattr(jax, "default_backend", lambda: backend)
    program = tiny.program(**{"runtime.deterministic": deterministic})
    engine = Engine(lambda _: program, tiny.table(), devices=1)

    def double(_, x):
        return 2 * x

    given = np.arange(3.0, dtype=np.float32)[None]
    np.testing.assert_array_equal(engine._program(double, (0,), options=options)(given), 2 * given)
    assert kept == [told]  # and XLA knew the name


@pytest.mark.parametrize(
    ("cores", "devices", "told"), [(True, 2, ONE_THREAD), (True, 1, None), (False, 2, None)]
)
def test_devices_that_are_cores_have_a_thread_each(monkeypatch, kept, cores, devices, told):
    monkeypatch.setattr(compiled, "cores_are_devices", lambda: cores)
    engine = Engine(lambda _: tiny.program(), tiny.table(), devices=devices)

    def treble(_, x):
        return 3 * x

    given = np.arange(3.0 * devices, dtype=np.float32).reshape(devices, 3)
    np.testing.assert_array_equal(engine._program(treble, (0,))(given), 3 * given)
    assert kept == [told]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_the_next_predictions_are_launched_before_one_is_waited_for(monkeypatch, count):
    events = []

    def launched():
        for i in range(count):
            events.append(f"launch {i}")
            yield i

    def get(i):
        events.append(f"get {i}")
        return 10 * i

    monkeypatch.setattr(jax, "device_get", get)
    assert list(fetching.fetched(launched())) == [10 * i for i in range(count)]
    if count == 5:
        assert events == [
            *("launch 0", "launch 1", "launch 2", "get 0", "launch 3", "get 1"),
            *("launch 4", "get 2", "get 3", "get 4"),
        ]
