"""Records of many clips, in parallel processes."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from data_builders.common import faces, record
from data_builders.common.annotation import ClipAnnotation
from data_builders.common.landmarks import LandmarkCache
from data_builders.common.processes import pool
from data_builders.common.staging import Staging

_detector: faces.Detector | None = None  # one per worker process: the landmark model is 100 MB


@dataclasses.dataclass(frozen=True)
class Kept:
    """What earlier builds left, and where this one leaves the same for later ones."""

    cache: LandmarkCache
    staging: Staging


def make_records(
    clips: Sequence[ClipAnnotation],
    settings: record.RecordSettings,
    make_detector: Callable[[], faces.Detector],
    workers: int,
    kept: Kept | None = None,
) -> Iterator[record.ClipResult]:
    """Yields the result of each clip, in the order of the clips whatever the number of workers.

    With one worker everything happens in this process; with more, `make_detector` is called in each
    of them and must be picklable. With `kept`, clips that are finished there are not made again.
    """
    detector = make_detector()  # in every case: a bad model is refused here, not by a worker
    if workers == 1:
        for clip in clips:
            yield _make(clip, settings, detector, kept)
        return
    with pool(workers, _start_worker, make_detector) as processes:
        count = len(clips)
        made = processes.map(_make_record, clips, [settings] * count, [kept] * count)
        for clip, found in zip(clips, made, strict=True):
            if isinstance(found, record.ClipResult):
                yield found
                continue
            assert kept is not None, "else a worker gives the result itself"
            yield kept.staging.load(clip, found) or _make(clip, settings, detector, kept)


def _start_worker(make_detector: Callable[[], faces.Detector]) -> None:
    global _detector  # noqa: PLW0603 - the one place a pool can leave what its tasks need
    _detector = make_detector()


def _make_record(
    clip: ClipAnnotation, settings: record.RecordSettings, kept: Kept | None
) -> record.ClipResult | str:
    """The result, or the key of what lies in the staging: megabytes, which need no second way."""
    assert _detector is not None, "the pool's initializer sets it"
    if kept is None:
        return record.make_record(clip, settings, _detector)
    return _stage(clip, settings, _detector, kept)[0]


def _make(
    clip: ClipAnnotation,
    settings: record.RecordSettings,
    detector: faces.Detector,
    kept: Kept | None,
) -> record.ClipResult:
    if kept is None:
        return record.make_record(clip, settings, detector)
    return _stage(clip, settings, detector, kept)[1]


def _stage(
    clip: ClipAnnotation, settings: record.RecordSettings, detector: faces.Detector, kept: Kept
) -> tuple[str, record.ClipResult]:
    """The key of a clip in the staging, and its result, which lies there now."""
    made_from = kept.staging.key(clip, settings)  # before the frames are read: they may change
    result = kept.staging.load(clip, made_from)
    if result is None:
        result = record.make_record(clip, settings, detector, kept.cache)
        kept.staging.save(result, made_from)
    return made_from, result
