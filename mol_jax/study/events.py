"""The TensorBoard events that a run writes beside its tables."""

import time
from pathlib import Path

from tensorboardX.proto import event_pb2
from tensorboardX.record_writer import RecordWriter
from tensorboardX.summary import scalar

from mol_jax.errors import UserError
from mol_jax.scoring.history_csv import HistoryRow


class Events:
    """The TensorBoard event file of one replica: every replica is a run of its own.

    Written in this thread: a writer in another one would leave training waiting for a full disk.
    """

    def __init__(self, folder: Path, *, start: int):
        """Opens `folder`; TensorBoard drops what an earlier file holds after step `start`."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._writer = RecordWriter(str(folder / f"events.out.tfevents.{start:08d}.mol_jax"))
        except OSError as error:
            raise _unwritable(folder, error) from error
        self._folder = folder
        self._add(event_pb2.Event(file_version="brain.Event:2"))
        status = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        self._add(event_pb2.Event(step=start + 1, session_log=status))

    def __enter__(self) -> "Events":
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, row: HistoryRow, *, rate: float, speed: float) -> None:
        """Adds a row of history, each of its terms as train/loss_<term>.

        rate: the learning rate of the row's last update. speed: in steps per second.
        """
        values = {"total": row.total, "grad_norm": row.grad_norm, "learning_rate": rate}
        values |= {f"loss_{name}": value for name, value in row.terms.items()}
        for name, value in (values | {"steps_per_second": speed}).items():
            self._add(event_pb2.Event(step=row.step, summary=scalar(f"train/{name}", value)))
        try:
            self._writer.flush()
        except OSError as error:
            raise _unwritable(self._folder, error) from error

    def _add(self, event: event_pb2.Event) -> None:
        event.wall_time = time.time()
        try:
            self._writer.write(event.SerializeToString())
        except OSError as error:
            raise _unwritable(self._folder, error) from error


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(
        f"cannot write in {path} ({error.strerror}); what was saved before is intact: make room, "
        "then run the same command to go on."
    )
