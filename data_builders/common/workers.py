"""Records of many clips, in parallel processes."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import cv2

from data_builders.common import faces, record
from data_builders.common.annotation import ClipAnnotation
from mol_jax.errors import UserError

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
    # spawn: the caller may hold a running JAX, whose threads do not survive a fork.
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _start_worker, (make_detector,)
    )
    try:
        yield from pool.map(_make_record, clips, [settings] * len(clips))
    except BrokenProcessPool as error:
        raise UserError(
            "a worker process was killed, probably for want of memory: try again with --workers=1"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker(make_detector: Callable[[], faces.Detector]) -> None:
    global _detector  # noqa: PLW0603 - the one place a pool can leave what its tasks need
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    cv2.setNumThreads(1)  # one process per core already
    _detector = make_detector()


def _make_record(clip: ClipAnnotation, settings: record.RecordSettings) -> record.ClipResult:
    assert _detector is not None, "the pool's initializer sets it"
    return record.make_record(clip, settings, _detector)
