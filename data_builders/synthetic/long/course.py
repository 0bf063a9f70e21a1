"""Strengths over time: of every unit, the lids, the head and the light of a long video."""

import dataclasses

import numpy as np

from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.long.events import MACRO, TALK, Event, Mix, instants

HOLD = 0.35  # share of a macro-expression that stays at its apex
BLINK = (0.15, 0.4)  # s from the lids' first motion to their last
SYLLABLE = (0.1, 0.3)  # s; the last one of a speech begins before its end
TURN = (0.5, 1.6)  # s of a head's turn or nod
DIM = (0.3, 2.0)  # s in which the light changes
# Of the head's slow sway, per component: yaw, pitch, roll (rad), x, y (brow spans), growth.
SWAY = np.array([0.012, 0.010, 0.008, 0.010, 0.008, 0.006])
GESTURE = np.array([0.06, 0.05, 0.03, 0.02, 0.02, 0.01])  # peak of a turn or a nod
FLICKER, CHANGE = 0.004, 0.10  # of the light: from frame to frame, and of a change


@dataclasses.dataclass(frozen=True)
class LongCourse:
    """Strengths over n frames. units: A action units in order; peaks: [A], brow spans.

    levels: [n, A], shares of `peaks`. blink: [n], 0 open. drift: [n, 6], as `course.Course` has it.
    light: [n], a factor. times: [n] s.
    """

    times: np.ndarray
    units: tuple[int, ...]
    peaks: np.ndarray
    levels: np.ndarray
    blink: np.ndarray
    drift: np.ndarray
    light: np.ndarray


def draw_long_course(draws: Draws, events: list[Event], times: np.ndarray, mix: Mix) -> LongCourse:
    """Returns the course of a video in which these events happen."""
    units = tuple(sorted({unit for event in events for unit in event.strengths}))
    moved = np.zeros((len(times), len(units)))
    for number, event in enumerate(events):
        level = (
            _speech(draws, number, event, times) if event.kind == TALK else level_of(event, times)
        )
        for unit, strength in event.strengths.items():
            share = (
                0.4 + 0.6 * draws(f"share {number} {unit}").uniform() if event.kind == TALK else 1
            )
            moved[:, units.index(unit)] += strength * share * level
    peaks = np.maximum(moved.max(axis=0, initial=0.0), 1e-6)
    seconds = float(times[-1])
    return LongCourse(
        times,
        units,
        peaks,
        moved / peaks,
        _blinks(draws("blinks"), times, seconds, mix),
        _drift(draws("sway"), draws("gestures"), times, seconds, mix),
        _light(draws("lamp"), times, seconds, mix),
    )


def level_of(event: Event, times: np.ndarray) -> np.ndarray:
    """Returns the level [n] of an expression: 0 at its onset and its offset, 1 at its apex.

    A macro-expression stays at its apex for a while.
    """
    stay = HOLD * (event.offset - event.onset) if event.kind == MACRO else 0.0
    top = min(event.apex + stay, event.offset - 0.1 * (event.offset - event.onset))
    rising = np.clip((times - event.onset) / (event.apex - event.onset), 0, 1) ** event.shape[0]
    falling = np.clip((event.offset - times) / (event.offset - max(top, event.apex)), 0, 1)
    falling = falling ** event.shape[1]
    return np.minimum(0.5 - 0.5 * np.cos(np.pi * rising), 0.5 - 0.5 * np.cos(np.pi * falling))


def _speech(draws: Draws, number: int, event: Event, times: np.ndarray) -> np.ndarray:
    """Returns the level [n] of a mouth that talks: one syllable after another."""
    rng, level, at = draws(f"speech {number}"), np.zeros(len(times)), event.onset
    while at < event.offset:
        lasts = float(rng.uniform(*SYLLABLE))
        inside = np.clip((times - at) / lasts, 0, 1)
        level += rng.uniform(0.2, 1.0) * np.sin(np.pi * inside) ** 2
        at += lasts * float(rng.uniform(0.7, 1.1))
    return np.minimum(level, 1)


def _blinks(rng: np.random.Generator, times: np.ndarray, seconds: float, mix: Mix) -> np.ndarray:
    """Returns how far the lids are closed [n]: they close in a third of a blink."""
    closed = np.zeros(len(times))
    for middle, lasts in instants(rng, mix.blink, seconds, BLINK):
        begin = middle - lasts / 2
        shut = np.clip((times - begin) / (lasts / 3), 0, 1)
        opened = np.clip((begin + lasts - times) / (lasts / 2), 0, 1)
        closed = np.maximum(
            closed, rng.uniform(0.7, 1.0) * np.sin(np.pi / 2 * np.minimum(shut, opened))
        )
    return closed


def _drift(
    slow: np.random.Generator,
    rng: np.random.Generator,
    times: np.ndarray,
    seconds: float,
    mix: Mix,
) -> np.ndarray:
    """Returns the head's sway, which never stops, and its turns and nods: [n, 6]."""
    rates = slow.uniform(0.05, 0.6, (3, 6))  # Hz
    phases = slow.uniform(0, 2 * np.pi, (3, 6))
    waves = np.sin(2 * np.pi * rates * times[:, None, None] + phases) / np.sqrt(3)
    drift = SWAY * np.exp(slow.normal(0, 0.4, 6)) * (mix.head > 0) * waves.sum(axis=1)
    for middle, lasts in instants(rng, mix.head, seconds, TURN):
        inside = np.clip((times - middle) / lasts + 0.5, 0, 1)
        course = np.sin(np.pi * inside) ** 2
        drift = drift + GESTURE * rng.normal(0, 0.6, 6) * course[:, None]
    return drift


def _light(rng: np.random.Generator, times: np.ndarray, seconds: float, mix: Mix) -> np.ndarray:
    """Returns a factor [n]: flicker, and changes that stay."""
    light = 1 + FLICKER * rng.normal(size=len(times)) * (mix.light > 0)
    for middle, lasts in instants(rng, mix.light, seconds, DIM):
        change = rng.uniform(-CHANGE, CHANGE)
        light = light * (1 + change * np.clip((times - middle) / lasts + 0.5, 0, 1))
    return light
