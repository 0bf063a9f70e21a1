"""Records of many clips, in parallel processes."""

from collections.abc import Callable, Iterator, Sequence

from data_builders.common import faces, record
from data_builders.common.annotation import ClipAnnotation
from data_builders.common.processes import pool

_detector: faces.Detector | None = None  # one per worker process: the landmark model is 100 MB


def make_records(
    clips: Sequence[ClipAnnotation],
    settings: record.RecordSettings,
    make_detector: Callable[[], faces.Detector],
    workers: int,
) -> Iterator[record.ClipResult]:
    """Yields the result of each clip, in the order of the clips whatever the number of workers.

    With one worker everything happens in this process; with more, `make_detector` is called in each
    of them and must be picklable.
    """
    detector = make_detector()  # in every case: a bad model is refused here, not by a worker
    if workers == 1:
        for clip in clips:
            yield record.make_record(clip, settings, detector)
        return
    with pool(workers, _start_worker, make_detector) as processes:
        yield from processes.map(_make_record, clips, [settings] * len(clips))


def _start_worker(make_detector: Callable[[], faces.Detector]) -> None:
    global _detector  # noqa: PLW0603 - the one place a pool can leave what its tasks need
    _detector = make_detector()


def _make_record(clip: ClipAnnotation, settings: record.RecordSettings) -> record.ClipResult:
    assert _detector is not None, "the pool's initializer sets it"
    return record.make_record(clip, settings, _detector)
