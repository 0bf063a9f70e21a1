"""A record whose sample is taken anew of the frames that it has, as its builder took it."""

from collections.abc import Mapping
from typing import Any

from data_builders.records.record import RecordSettings, sample, sample_flow


def resampled(
    record: Mapping[str, Any], settings: RecordSettings, *, flow: bool, method: str = ""
) -> dict[str, Any]:
    """Returns a record whose sample is that of its own frames, numbers and apex.

    settings: how it was built. flow: whether the flow between its frames is found anew, by `method`
    of `data_builders.pixels.flow.KNOWN` ("": as built); else it has none. Of a record as it was
    built all is as it was, to the bit.
    """
    numbers = record["frame_numbers"]
    taken = sample(numbers, int(record["apex"]), settings)
    made = {key: record[key] for key in record if key not in ("flow", "phase_flow")} | taken
    if flow:
        made |= sample_flow(record["frames"][..., 0], numbers, taken, settings, method)
    return made
