"""When things move: the frames of a clip, the course of each unit, blinks, the head's drift."""

import dataclasses

import numpy as np

from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.endless.variety import Variety

SLOW, FAST = 30.0, 200.0  # frames a second
SHORT, LONG = 0.15, 0.5  # seconds from onset to offset
BRIEF = 0.1  # of a clip: no rise or fall is shorter
USUAL = (100.0, 0.3)  # frames a second and seconds where neither varies


@dataclasses.dataclass(frozen=True)
class Course:
    """Strengths over the t frames that are shown.

    levels: [t, A], of each unit, 0 at rest and 1 at its apex. blink: [t], 0 open. drift: [t, 6],
    of the head: yaw, pitch, roll in radians, shift x and y in brow spans, growth. light: [t], a
    factor. rate: frames a second.
    """

    levels: np.ndarray
    blink: np.ndarray
    drift: np.ndarray
    light: np.ndarray
    rate: float


def draw_course(draws: Draws, units: int, frames: int, variety: Variety) -> Course:
    """Returns the course of a clip of `units` units: its t = `frames` of all frames, evenly.

    t = 2 are onset and apex, more run from the onset to the offset, as records have them.
    """
    rng = draws("course")
    rate, seconds = USUAL
    rate *= np.exp(variety.rate * rng.uniform(np.log(SLOW / rate), np.log(FAST / rate)))
    seconds = seconds + variety.rate * rng.uniform(SHORT - seconds, LONG - seconds)
    seconds = max(seconds, SHORT / 2)
    count = max(3, round(rate * seconds) + 1)
    when = np.arange(count) / (count - 1)  # shares of the clip
    apex = 0.5 + rng.uniform(-0.1, 0.1)
    levels = np.stack([_level(rng, when, apex, variety.rate) for _ in range(units)], axis=1)
    shown = _shown(rng, levels.sum(axis=1), frames, variety.rate)
    steps = when[shown] * seconds
    return Course(
        levels[shown],
        _blink(draws("blink"), steps, seconds, variety.blink),
        _drift(draws("drift"), steps, variety.drift),
        1 + 0.02 * variety.light * draws("flicker").normal(size=frames),
        float(rate),
    )


def _level(rng: np.random.Generator, when: np.ndarray, apex: float, strength: float) -> np.ndarray:
    """Returns the level [n] of a unit: a rise, a stay at the apex and a fall, each of its shape."""
    start, top, stay, end = (
        strength * rng.uniform(0, 0.12),
        apex + strength * rng.uniform(-0.1, 0.1),
        strength * rng.uniform(0, 0.12),
        1 - strength * rng.uniform(0, 0.1),
    )
    rising = np.clip((when - start) / max(top - start, BRIEF), 0, 1)
    rising = rising ** np.exp(strength * rng.normal(0, 0.3))
    falling = np.clip((end - when) / max(end - top - stay, BRIEF), 0, 1)
    falling = falling ** np.exp(strength * rng.normal(0, 0.3))
    left = strength * max(0.0, rng.uniform(-0.5, 0.5))  # some faces do not come back to rest
    fall = left + (1 - left) * (0.5 - 0.5 * np.cos(np.pi * falling))
    rise = 0.5 - 0.5 * np.cos(np.pi * rising)
    return np.minimum(rise, np.where(when > top, fall, 1))


def _shown(rng: np.random.Generator, total: np.ndarray, frames: int, strength: float) -> np.ndarray:
    """Returns which t frames are shown; annotated onsets, apexes and offsets are early or late."""
    last = len(total) - 1
    early, late = strength * rng.uniform(-0.06, 0.06, 2) * last
    first = max(0, round(early))
    end = int(np.argmax(total)) if frames == 2 else last
    end = int(np.clip(round(end + late), first + 1, last))
    return np.round(np.linspace(first, end, frames)).astype(int)


def _blink(
    rng: np.random.Generator, steps: np.ndarray, seconds: float, strength: float
) -> np.ndarray:
    """Returns how far the lids are closed [t]; about one clip in five has a blink."""
    middle, begun = rng.uniform(-0.1, 1.1) * seconds, rng.uniform() < 0.2 * strength
    away = np.abs(steps - middle) / rng.uniform(0.06, 0.14)
    return begun * rng.uniform(0.3, 1.0) * np.clip(1 - away, 0, 1)


def _drift(rng: np.random.Generator, steps: np.ndarray, strength: float) -> np.ndarray:
    """Returns the head's drift [t, 6]: a steady turn and a slow sway, none in the first frame."""
    sizes = strength * np.array([0.004, 0.004, 0.003, 0.0025, 0.0025, 0.002])
    sizes = sizes * np.exp(rng.normal(0, 0.6))
    steady = rng.normal(size=6) * steps[:, None] / 0.3
    phase = rng.uniform(0, 2 * np.pi, 6)
    sway = 0.4 * np.sin(2 * np.pi * rng.uniform(1, 4, 6) * steps[:, None] + phase)
    drift = sizes * (steady + sway)
    return drift - drift[0]
