import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from data_builders.disk.processes import default_workers, pool
from mol_jax.errors import UserError


def test_a_killed_process_is_one_sentence():
    with (
        pytest.raises(UserError, match="a worker process was killed"),
        pool(1, os._exit, 1) as processes,
    ):
        list(processes.map(abs, [-1]))


def test_a_thread_that_is_not_the_pools_is_not_waited_for(monkeypatch):
    """As those that compile for a study while its clips are drawn."""
    done, joined, join = threading.Event(), [], threading.Thread.join
    other = threading.Thread(target=done.wait, args=(30,))

    def joins(thread, *timeout):
        joined.append(thread)
        join(thread, *timeout)

    monkeypatch.setattr("data_builders.disk.processes.THREAD_SECONDS", 0.01)
    monkeypatch.setattr(threading.Thread, "join", joins)
    with pool(1):
        other.start()
    done.set()
    assert other not in joined


def test_one_process_per_core_this_one_may_use():
    assert 1 <= default_workers() <= os.cpu_count()


PARENT = """
import threading
import time
from data_builders.disk.processes import pool

if __name__ == "__main__":
    with pool(2) as processes:
        print(*{*processes.map(slow_pid, range(8))}, flush=True)
        time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
def test_the_processes_of_a_killed_parent_end(tmp_path):
    """They would wait for work for ever, each with a landmark model in memory."""
    (tmp_path / "task.py").write_text(
        "import os, time\ndef slow_pid(_):\n    time.sleep(0.05)\n    return os.getpid()\n"
    )
    script = tmp_path / "parent.py"
    script.write_text("from task import slow_pid\n" + PARENT)
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}"}
    parent = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment
    )
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert children and all(alive(pid) for pid in children)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
