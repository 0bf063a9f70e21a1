"""A log has a line for each wave with the time left; a terminal has a bar and no lines."""

import io

from rich.console import Console

from mol_jax.study import wave_lines
from mol_jax.study.wave_lines import Lines


def test_a_line_for_each_wave_with_the_time_left(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(wave_lines.time, "monotonic", lambda: now[0])
    said = io.StringIO()
    log = Lines(Console(file=said, width=200), replicas=10, finished=4, updates=900)
    for seconds, name, replicas, updates in (
        (60, "[mer] and 1 more", 2, 150),  # of which 50 s compiled
        (30, "sub07 and 2 more", 3, 450),
        (20, "sub10", 1, 300),
    ):
        now[0] += seconds
        log.wave(name, replicas, updates)
    assert said.getvalue().splitlines() == [
        "[mer] and 1 more: done, 6 of 10 in all; 0:01:00 in this session, at most 0:05:00 left",
        "sub07 and 2 more: done, 9 of 10 in all; 0:01:30 in this session, about 0:00:20 left",
        "sub10: done, 10 of 10 in all; 0:01:50 in this session",
    ]


def test_what_is_only_predicted_says_no_time_left():
    said = io.StringIO()
    Lines(Console(file=said, width=200), replicas=2, finished=0, updates=100).wave("sub01", 1, 0)
    assert said.getvalue() == "sub01: done, 1 of 2 in all; 0:00:00 in this session\n"


def test_a_terminal_has_no_lines():
    said = io.StringIO()
    console = Console(file=said, force_terminal=True)
    Lines(console, replicas=2, finished=0, updates=100).wave("sub01", 1, 50)
    assert said.getvalue() == ""
