"""Whether devices waited for clips is told by when updates are launched and when they are done."""

import time

import pytest

from mol_jax.pretraining import pace
from mol_jax.pretraining.pace import Clock, Pace


class Result:
    """A result that is done some seconds after somebody begins to wait for it."""

    def __init__(self, seconds):
        self.seconds = seconds

    def block_until_ready(self):
        time.sleep(self.seconds)
        return self


def measured(pauses, *, computing=0.02):
    with Clock() as clock:
        for pause in pauses:
            time.sleep(pause)
            clock.room()
            clock.launch(time.monotonic(), Result(computing))
        return clock.lap()


def test_devices_that_are_always_given_work_do_not_wait():
    found = measured([0.0] * 6)
    # Other work on the machine makes sleeps longer, and never shorter.
    assert found.updates == 6 and found.busy >= 0.12 and found.share < 0.3


def test_devices_wait_while_nothing_is_launched():
    found = measured([0.0] + [0.06] * 4)
    assert found.waited > 0.1 and found.share > 0.4
    assert found.speed == pytest.approx(5 / (found.busy + found.waited))


def test_what_passes_between_two_laps_is_no_waiting(monkeypatch):
    with Clock() as clock:
        for _ in range(2):
            clock.launch(time.monotonic(), Result(0.01))
            assert clock.lap().waited == 0.0
            time.sleep(0.02)


def test_paces_add_up_and_none_is_no_speed():
    assert Pace(2, 1.0, 0.5) + Pace(1, 2.0, 0.0) == Pace(3, 3.0, 0.5)
    assert Pace().share == Pace().speed == 0.0
    assert pace.AHEAD >= 2, "else a device waits for the host between two updates"
