"""What happens in a long video, and when: expressions, and what a spotter must not take for one."""

import dataclasses
from collections.abc import Iterator

import numpy as np

from data_builders.synthetic.drawing.action_units import EMOTIONS
from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.endless.expression import HIGH, LOW

MICRO, MACRO, TALK = "micro", "macro", "talk"
# Seconds from onset to offset. A micro-expression lasts up to 0.5 s, a macro-expression from 0.5 to
# 4 s (Ekman; Yan et al., "How fast are the leaked facial expressions", 2013, took 0.5 s too).
LASTS = {MICRO: (0.2, 0.5), MACRO: (0.8, 2.5), TALK: (1.5, 4.0)}
# Brow spans of peak motion: those of clips for one kind, more for the others.
PEAKS = {MICRO: (LOW, HIGH), MACRO: (0.04, 0.09), TALK: (0.03, 0.07)}
GAP = 0.7  # s without any expression or speech about each
SPEECH = ((26,), (26, 12), (26, 20), (17, 26))  # units of a talking mouth
TRIES = 60  # places that are tried before an event is left out


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that the muscles do. onset, apex, offset: s from the first frame.

    strengths: {action unit: peak motion, brow spans}. emotion: "" for what is no expression. shape:
    exponents of the rise and the fall.
    """

    kind: str
    onset: float
    apex: float
    offset: float
    strengths: dict[int, float]
    emotion: str = ""
    shape: tuple[float, float] = (1.0, 1.0)


@dataclasses.dataclass(frozen=True)
class Mix:
    """How much happens in a minute, on average: events a minute; `neutral` has no expression."""

    micro: float = 9.0
    macro: float = 3.0
    talk: float = 3.0
    blink: float = 15.0  # adults at rest blink 10 to 20 times a minute
    head: float = 4.0
    light: float = 2.0

    def neutral(self) -> "Mix":
        """Returns the same without expressions, and with more speech in their place."""
        return dataclasses.replace(self, micro=0.0, macro=0.0, talk=6.0)


def draw_events(draws: Draws, seconds: float, mix: Mix) -> list[Event]:
    """Returns the expressions and the speech of a video in the order of time, none overlapping.

    A video of a mix with micro-expressions has at least one if it is 2 s long or longer.
    """
    rng = draws("events")
    events: list[Event] = []
    for kind, rate in ((MICRO, mix.micro), (MACRO, mix.macro), (TALK, mix.talk)):
        least = 1 if kind == MICRO and rate else 0
        for _ in range(max(least, int(rng.poisson(rate * seconds / 60)))):
            placed = _placed(rng, kind, seconds, events)
            events += [placed] if placed else []
    return sorted(events, key=lambda event: event.onset)


def _placed(
    rng: np.random.Generator, kind: str, seconds: float, others: list[Event]
) -> Event | None:
    """Returns an event that keeps away from the others, None where none fits."""
    made = _event(rng, kind)
    for _ in range(TRIES):
        start = float(rng.uniform(GAP, max(seconds - GAP - made.offset, GAP + 1e-9)))
        end = start + made.offset
        free = all(end + GAP < other.onset or start > other.offset + GAP for other in others)
        if free and end < seconds - 0.2:
            return dataclasses.replace(made, onset=start, apex=start + made.apex, offset=end)
    return None


def _event(rng: np.random.Generator, kind: str) -> Event:
    """Returns an event that begins at 0."""
    lasts = float(rng.uniform(*LASTS[kind]))
    low, high = PEAKS[kind]
    peak = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    emotion = "" if kind == TALK else str(rng.choice(list(EMOTIONS)))
    choices = SPEECH if kind == TALK else EMOTIONS[emotion]
    units = choices[rng.integers(len(choices))]
    strengths = {unit: peak * float(rng.uniform(0.7, 1.0)) for unit in units}
    shape = tuple(np.exp(rng.normal(0, 0.25, 2)).tolist())
    return Event(kind, 0.0, lasts * float(rng.uniform(0.38, 0.6)), lasts, strengths, emotion, shape)


def instants(
    rng: np.random.Generator, rate: float, seconds: float, lasts: tuple[float, float]
) -> Iterator[tuple[float, float]]:
    """Yields (middle, s from begin to end) of what happens `rate` times a minute."""
    for _ in range(int(rng.poisson(rate * seconds / 60))):
        yield float(rng.uniform(0, seconds)), float(rng.uniform(*lasts))
