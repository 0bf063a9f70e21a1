"""The writer works beside who hands it jobs, one at a time, and no error of a job is lost."""

import threading
import weakref
from concurrent import futures

import pytest

from mol_jax.errors import UserError
from mol_jax.study.writer import Writer

PATIENCE = 30.0  # seconds, after which a test fails


def failing(error):
    def job():
        raise error

    return job


def test_a_job_runs_beside_who_handed_it_and_the_next_waits_for_it():
    go_on, done = threading.Event(), []

    def job():
        assert go_on.wait(PATIENCE)
        done.append("first")

    with Writer() as writer:
        writer.hand(job)
        writer.check()
        assert done == []
        go_on.set()
        writer.hand(lambda: done.append("second"))
        assert done[0] == "first"
        writer.wait()
        assert done == ["first", "second"]
        writer.wait()  # for nothing


@pytest.mark.parametrize("after", ["wait", "check", "hand", "leave"])
@pytest.mark.parametrize("error", [UserError("the disk is full"), KeyboardInterrupt()])
def test_what_a_job_raises_is_raised_at_the_latest_when_the_block_is_left(after, error):
    went_on = []
    with pytest.raises(type(error)) as raised, Writer() as writer:
        writer.hand(failing(error))
        futures.wait([writer._job])
        {"wait": writer.wait, "check": writer.check, "hand": lambda: writer.hand(list)}.get(
            after, list
        )()
        went_on.append(after)
    assert raised.value is error
    assert went_on == ["leave"] * (after == "leave")


def test_a_block_left_by_an_error_waits_and_raises_that_error():
    go_on, done = threading.Event(), []

    def job():
        assert go_on.wait(PATIENCE)
        done.append("written")
        raise UserError("the disk is full")

    with pytest.raises(KeyboardInterrupt), Writer() as writer:
        writer.hand(job)
        go_on.set()
        raise KeyboardInterrupt
    assert done == ["written"]


def test_ctrl_c_while_the_block_is_left_waits_for_the_job_too(monkeypatch):
    go_on, done, shutdown = threading.Event(), [], futures.ThreadPoolExecutor.shutdown

    def job():
        assert go_on.wait(PATIENCE)
        done.append("written")

    def stopped(pool):
        if not go_on.is_set():
            go_on.set()
            raise KeyboardInterrupt
        shutdown(pool)

    monkeypatch.setattr(futures.ThreadPoolExecutor, "shutdown", stopped)
    with pytest.raises(KeyboardInterrupt), Writer() as writer:
        writer.hand(job)
    assert done == ["written"]


def test_what_a_job_held_is_let_go_when_it_is_done():
    class Held:
        pass

    held, gone = Held(), threading.Event()
    weakref.finalize(held, gone.set)
    with Writer() as writer:
        writer.hand(lambda one=held: None)
        del held
        writer.wait()
        assert gone.wait(PATIENCE)
