"""Programs compiled ahead: those that a wave then calls, once each; a failure is the caller's."""

import functools
import threading

import jax
import jax.monitoring
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.protocol.folds import Fold
from mol_jax.training import ahead
from mol_jax.training.compiled import compiled
from mol_jax.training.engine import Engine
from mol_jax.training.replicas import Replica
from tests.mol_jax import tiny

COMPILED = "/jax/core/compile/backend_compile_duration"
TRACED = "/jax/core/compile/jaxpr_to_mlir_module_duration"


@pytest.fixture
def lowered():
    """Lists (thread, program) of everything that was lowered while a test ran."""
    seen: list[tuple[str, str]] = []

    def listen(event, _, fun_name="", **__):
        if event == TRACED:
            seen.append((threading.current_thread().name, fun_name))

    jax.monitoring.register_event_duration_secs_listener(listen)
    yield seen
    jax.monitoring.unregister_event_duration_listener(listen)


def test_a_call_finds_what_was_compiled_ahead_and_another_shape_compiles_by_itself(lowered):
    doubled = jax.jit(lambda x: 2 * x)
    ahead.begin([doubled], lambda: iter([doubled.lower(jax.ShapeDtypeStruct((3,), np.float32))]))
    ready = ahead.ready(doubled)
    ((thread, _),) = lowered
    assert thread.startswith("compile-ahead")
    np.testing.assert_array_equal(ready(np.ones(3, np.float32)), [2, 2, 2])
    assert len(lowered) == 1
    np.testing.assert_array_equal(ready(np.ones(2, np.float32)), [2, 2])
    assert [name for name, _ in lowered[1:]] == ["MainThread"]


def test_what_was_begun_is_not_begun_again():
    doubled, calls = jax.jit(lambda x: 2 * x), []

    def lower():
        calls.append(1)
        yield doubled.lower(np.ones(3))

    for _ in range(2):
        ahead.begin([doubled], lower)
        ahead.ready(doubled)
    assert len(calls) == 1


@pytest.mark.parametrize("failing", ["first", "later", "compile"])
def test_what_fails_ahead_fails_in_the_call_or_not_at_all(failing, capfd):
    def refuse(x):
        raise ValueError("the network's own")

    good, bad = jax.jit(lambda x: 2 * x), jax.jit(refuse)

    class Uncompilable:
        def compile(self):
            raise RuntimeError("out of memory, for once")

    def lower():
        if failing == "compile":
            yield Uncompilable()
        elif failing == "later":
            yield good.lower(np.ones(3))
        yield bad.lower(np.ones(3))

    ahead.begin([good, bad], lower)
    np.testing.assert_array_equal(ahead.ready(good)(np.ones(3)), [2, 2, 2])
    with pytest.raises(ValueError, match="the network's own"):
        ahead.ready(bad)(np.ones(3))
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_wave_calls_what_was_compiled_for_a_table_of_zeros(lowered):
    compiled.cache_clear()  # else other tests may have compiled it
    make = functools.partial(tiny.program, **tiny.STAND_IN)
    scalars, table = settings.scalars(tiny.config()), tiny.table()
    early, engine = (
        Engine(make, shown, devices=1, batch_size=4)
        for shown in (jax.tree.map(np.zeros_like, table), table)
    )
    early.compile_ahead(scalars, 2, fresh=True, train=True)
    fold = Fold("s", train=np.arange(4, 12), test=np.arange(4))
    wave = engine.wave([Replica(0, 0, fold)], [scalars])
    state, _ = engine.advance(wave, engine.init(wave), 2)
    engine.predict(wave, state, [fold.test])
    programs = [thread for thread, name in lowered if "on_device" in name]
    assert len(programs) == 3
    assert all(thread.startswith("compile-ahead") for thread in programs)
