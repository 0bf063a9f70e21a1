"""Records of many clips, in parallel processes."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.disk.processes import pool
from data_builders.pixels import faces
from data_builders.pixels.images import FULL, Whites
from data_builders.records import record
from data_builders.records.landmarks import LandmarkCache
from data_builders.records.staging import Staging

_detector: faces.Detector | None = None  # one per worker process: the landmark model is 100 MB


@dataclasses.dataclass(frozen=True)
class Kept:
    """What earlier builds left, and where this one leaves the same for later ones."""

    cache: LandmarkCache
    staging: Staging


@dataclasses.dataclass(frozen=True)
class Job:
    """What a record depends on besides its clip and the detector, and what is kept of it."""

    settings: record.RecordSettings
    whites: Whites
    kept: Kept | None


def make_records(
    clips: Sequence[ClipAnnotation],
    settings: record.RecordSettings,
    make_detector: Callable[[], faces.Detector],
    workers: int,
    kept: Kept | None = None,
    whites: Whites = FULL,
) -> Iterator[record.ClipResult]:
    """Yields the result of each clip, in the order of the clips whatever the number of workers.

    With one worker everything happens in this process; with more, `make_detector` is called in each
    of them and must be picklable. With `kept`, clips that are finished there are not made again.
    whites: of images of more than 8 bits, as measured over all clips.
    """
    detector = make_detector()  # in every case: a bad model is refused here, not by a worker
    job = Job(settings, whites, kept)
    if workers == 1:
        for clip in clips:
            yield _make(clip, job, detector)
        return
    with pool(workers, _start_worker, make_detector) as processes:
        made = processes.map(_make_record, clips, [job] * len(clips))
        for clip, found in zip(clips, made, strict=True):
            if isinstance(found, record.ClipResult):
                yield found
                continue
            assert kept is not None, "else a worker gives the result itself"
            yield kept.staging.load(clip, found) or _make(clip, job, detector)


def _start_worker(make_detector: Callable[[], faces.Detector]) -> None:
    global _detector  # noqa: PLW0603 - the one place a pool can leave what its tasks need
    _detector = make_detector()


def _make_record(clip: ClipAnnotation, job: Job) -> record.ClipResult | str:
    """The result, or the key of what lies in the staging: megabytes, which need no second way."""
    assert _detector is not None, "the pool's initializer sets it"
    if job.kept is None:
        return _make(clip, job, _detector)
    return _stage(clip, job, job.kept, _detector)[0]


def _make(clip: ClipAnnotation, job: Job, detector: faces.Detector) -> record.ClipResult:
    if job.kept is None:
        return record.make_record(clip, job.settings, detector, None, job.whites)
    return _stage(clip, job, job.kept, detector)[1]


def _stage(
    clip: ClipAnnotation, job: Job, kept: Kept, detector: faces.Detector
) -> tuple[str, record.ClipResult]:
    """The key of a clip in the staging, and its result, which lies there now."""
    # Before the frames are read: they may change.
    made_from = kept.staging.key(clip, job.settings, job.whites)
    result = kept.staging.load(clip, made_from)
    if result is None:
        result = record.make_record(clip, job.settings, detector, kept.cache, job.whites)
        kept.staging.save(result, made_from)
    return made_from, result
