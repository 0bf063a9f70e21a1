"""The constants of the spotters that can be set, with their units and where they are from.

Others stand where they are used: the places of a face and their size in regions.py, the weighting
of the head's motion in head.py, the noise of flow in motion.py, the least contrast and the
surroundings of a pixel in frequency.py.
"""

import dataclasses

from mol_jax.errors import UserError

METHODS = ("flow", "frequency")  # without a spotter's imports, which take a second


@dataclasses.dataclass(frozen=True)
class Settings:
    """Times are in seconds, so that they mean the same at any frame rate.

    "tuned" is on generated videos of seed 100, ten of 20 s with expressions and five neutral ones;
    seeds 200 and 300 are reported: see docs/spotting.md.

    Raises UserError for a constant that is out of range, or two that contradict each other.
    """

    rate: float = 30.0  # looks a second, at most: half the usual ME of 0.2 s or more is 3 looks
    # Half of a micro-expression: frames so far apart are compared. MDMD (Wang et al., 2017) and
    # feature difference (Moilanen et al., 2014) take half of the mean length; 0.2 s is 0.4 s long.
    half: float = 0.2
    smooth: float = 0.04  # s, deviation of the Gaussian over time; tuned
    around: float = 1.2  # s on either side in which a region that moves again and again is seen
    beside: float = 0.45  # s about a peak that are its own, and not of what is around it; tuned
    repeats: float = 0.8  # share of what is around that is taken off; tuned
    turns: float = 0.3  # share of the head's own motion there and back that is taken off; tuned
    blinks: float = 1.0  # share of the lids' that is taken off brows and eyes; tuned
    factor: float = 3.3  # median absolute deviations (normal scale) above the median; tuned
    least: float = 0.004  # shares of the distance of the eyes: what moves less is never spotted
    share: float = 0.2  # of the way from rest to apex that is taken for the onset and the offset
    back: float = (
        0.4  # of the longer of the ways to the apex and back that the shorter is, at least
    )
    reach: float = 0.5  # s from an apex in which its onset and its offset are looked for
    shortest: float = 0.1  # s; a micro-expression lasts 1/25 to 1/2 s (Ekman; Yan et al., 2013)
    longest: float = 0.7  # s: 0.5 s, and an error of the bounds
    apart: float = 0.1  # s: intervals that are closer are one
    # Frequency: what is as quick as a micro-expression, which rises and falls once in 0.2 to 0.5 s.
    low: float = 1.5  # Hz
    high: float = 5.0  # Hz
    order: int = 2  # of the Butterworth filter, applied forwards and backwards
    side: int = 48  # px of the image whose pixels are filtered
    ends: float = 0.45  # share of a peak of the envelope where its interval ends; tuned
    shared: float = 0.5  # share of what the whole face does that is taken off; tuned
    winks: float = 0.6  # share of the lids' energy that is taken off brows and eyes; tuned
    often: float = 4.0  # median absolute deviations above the median; tuned

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise UserError(f"settings.{name} is {value:g}; expected {low:g} to {high:g}")
        for less, more in PAIRS:
            pair = getattr(self, less), getattr(self, more)
            if not pair[0] < pair[1]:
                raise UserError(
                    f"settings.{less} is {pair[0]:g} and settings.{more} {pair[1]:g}; expected "
                    f"{less} below {more}"
                )


# Of constants that would otherwise say nothing, or take hours: shares, seconds, px.
RANGES = {
    **dict.fromkeys(("share", "back", "ends"), (0.0, 1.0)),
    **dict.fromkeys(("half", "smooth", "around", "beside", "reach", "apart"), (0.0, 10.0)),
    **{"rate": (5.0, 1000.0), "side": (16, 512), "order": (1, 8)},
}
PAIRS = (("beside", "around"), ("shortest", "longest"), ("low", "high"))  # the less, the more
USUAL = Settings()
