"""Every constant of the spotters, with its unit and where it is from."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Settings:
    """Times are in seconds, so that they mean the same at any frame rate.

    "tuned" is on generated videos of other seeds than those that are reported: see
    docs/spotting.md.
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


USUAL = Settings()
