"""The README's script builds by another rule, in processes of its own."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from data_builders import affwild2
from data_builders.records.load import open_dataset
from data_builders.synthetic.look_alikes.affwild2 import write_tree

README = Path(affwild2.__file__).with_name("README.md")


def script(source: str) -> str:
    """The README's only block of Python, for a source and two processes."""
    blocks = re.findall(r"(?:^    .*\n|^\n)+", README.read_text(), re.MULTILINE)
    (code,) = [textwrap.dedent(block) for block in blocks if "    from " in block]
    for shown, used in {'Path("DIR")': f"Path({source!r})", "workers=8": "workers=2"}.items():
        assert code.count(shown) == 1
        code = code.replace(shown, used)
    return code


def test_the_script_of_the_readme_does_nothing_when_a_process_reads_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__mp_main__"}
    exec(compile(script("raw"), str(README), "exec"), names)
    assert "RULE" in names and not any(tmp_path.iterdir())


@pytest.mark.slow
def test_the_script_of_the_readme_builds(tmp_path):
    write_tree(tmp_path / "raw", train=1, validation=1, blocks=1, block=40)
    (tmp_path / "long.py").write_text(script("raw"))
    root = Path(affwild2.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "long.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    records, metadata = open_dataset("affwild2", tmp_path / "data/affwild2_long", "t8_s144_clip")
    assert [record["offset"] - record["onset"] for record in records] == [31, 31]
    assert metadata["cut"]["length"] == 32
    left = {file.name for file in (tmp_path / "data/affwild2_long").iterdir()}
    assert left == {"affwild2"}, "no workspace is left behind"
    assert not (tmp_path / "data/affwild2_long/affwild2/unfinished").exists()
