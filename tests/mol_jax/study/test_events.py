"""Event files can be read back, and a disk that fills stops training instead of hanging it."""

import io
import re
import resource
import struct

import pytest
from rich.console import Console
from tensorboardX.proto import event_pb2

from mol_jax.errors import UserError
from mol_jax.scoring.history_csv import HistoryRow
from mol_jax.study.events import Events
from mol_jax.study.versions import git_commit, versions
from mol_jax.terminal.progress import progress


def row(step: int) -> HistoryRow:
    return HistoryRow("sub01", 0, 0, step, 3.0, {"mer": 1.0, "own": 2.0}, 0.5, 1)


def read(path):
    """Returns the events of a file: length, checksum, message, checksum."""
    data, events = path.read_bytes(), []
    while data:
        (length,) = struct.unpack("Q", data[:8])
        events.append(event_pb2.Event.FromString(data[12 : 12 + length]))
        data = data[16 + length :]
    return events


def test_rows_come_back_from_the_event_file(tmp_path):
    with Events(tmp_path / "run", start=10) as events:
        for step in (20, 30):
            events.write(row(step), rate=1e-3, speed=5.0)
    (path,) = (tmp_path / "run").iterdir()
    assert "tfevents" in path.name
    version, start, *rest = read(path)
    assert version.file_version == "brain.Event:2" and start.step == 11
    values = {(e.step, v.tag): v.simple_value for e in rest for v in e.summary.value}
    assert values[20, "train/total"] == 3.0 and values[30, "train/steps_per_second"] == 5.0
    assert values[20, "train/learning_rate"] == pytest.approx(1e-3)
    assert values[20, "train/loss_own"] == 2.0
    assert not any("flow" in tag for _, tag in values)


def test_a_full_disk_is_one_sentence(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.raises(UserError, match="make room"), Events(tmp_path, start=0) as events:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
        try:
            for step in range(1000):
                events.write(row(step), rate=1e-3, speed=5.0)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="cannot write in"):
        Events(tmp_path / "file" / "run", start=0)


def test_versions_name_what_can_change_a_result():
    assert {"python", "jax", "jaxlib", "dlib-bin", "opencv-contrib-python-headless"} <= set(
        versions()
    )
    assert git_commit() is None or len(git_commit().removesuffix("-dirty")) == 40


def test_a_progress_bar_shows_a_name_in_brackets():
    shown = io.StringIO()
    with progress(Console(file=shown, width=100, force_terminal=True)) as bar:
        bar.add_task("training trial0/seed0/[mer]", total=2)
    assert "trial0/seed0/[mer]" in shown.getvalue()


@pytest.mark.parametrize("width", [30, 40, 60, 80, 200])
def test_a_progress_bar_cuts_no_figure(width):
    console = Console(width=width, file=io.StringIO(), force_terminal=True)
    with progress(console) as bar:
        bar.add_task("training wave 1 of 12", total=1000, completed=500)
    assert "500/1000 0:00:00 ETA -:--:--" in re.sub(
        r"\x1b\[[\d;?]*[a-zA-Z]", "", console.file.getvalue()
    )
