"""What a network is measured by beside its classes: a column of dense.csv, a place in a report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One number per video.

    name: its column of dense.csv ("epe"). task: its place in metrics.json ("flow"). unit: "px" or
    "%". over: the column that says what it is a mean, or a count, over in a video ("pairs",
    "frames"). reference: the name of the measure that a trivial predictor has ("epe_zero"), "" for
    none. key: its name in metrics.json where that is not `name` ("failure_rate"). share: whether
    the column is a count out of `over`, of which metrics.json has 100 × sum / over ("failures").
    """

    name: str
    task: str
    unit: str
    over: str
    reference: str = ""
    key: str = ""
    share: bool = False
