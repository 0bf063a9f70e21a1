"""Config files that are none, and what an environment can be set to."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from benchmarks.bad_inputs import damage, material
from benchmarks.bad_inputs.case import Case
from benchmarks.bad_inputs.workdirs import FLOOR, MAIN, REPORT, SCORE

PLAN, SWEEP, DOCTOR = "launch.plan", "launch.sweep", "data_builders.doctor"
START = "from configs import default\n\n\ndef get_config():\n    config = default.get_config()\n"
TRIALS = f"{START}    return config\n\n\ndef get_trials():\n"

FILES = {
    "nothing": "",
    "no get_config": "config = 3\n",
    "a slip in its grammar": "def get_config(:\n",
    "tabs and spaces": "def get_config():\n\tx = 1\n        return x\n",
    "a package that is not there": "import no_such_package\n",
    "a file that imports itself": "from c import get_config\n",
    "division by zero": f"{START}    return 1 / 0\n",
    "an error of no words": f"{START}    raise ValueError\n",
    "an error of two lines": f"{START}    raise ValueError('one\\ntwo')\n",
    "a key error": f"{START}    raise KeyError(3)\n",
    "sys.exit(0)": "import sys\nsys.exit(0)\n",
    "sys.exit in get_config": f"import sys\n{START}    sys.exit(0)\n",
    "KeyError of a field": f"{START}    config.optim.lr = 1\n    return config\n",
    "recursion": "def get_config():\n    return get_config()\n",
    "None": "def get_config():\n    return None\n",
    "a dict": "def get_config():\n    return {'seeds': (0,)}\n",
    "an empty ConfigDict": "from ml_collections import ConfigDict\nget_config = ConfigDict\n",
    "a function with arguments": "def get_config(a, b):\n    return a\n",
    "a get_config that is 3": "get_config = 3\n",
    "a field of another kind": f"{START}    with config.unlocked():\n        config.seeds = 'a'\n"
    "    return config\n",
    "a field too many": f"{START}    with config.unlocked():\n        config.extra = 1\n"
    "    return config\n",
    "a field too few": f"{START}    with config.unlocked():\n        del config.seeds\n"
    "    return config\n",
    "a NUL in data.dir": f"{START}    config.data.dir = 'a\\0b'\n    return config\n",
    "a view of nobody": f"{START}    config.data.view = '9class'\n    return config\n",
    "a dataset of nobody": f"{START}    config.data.name = 'casme9'\n    return config\n",
    "a lone surrogate": f"{START}    config.data.dir = '\\udcff'\n    return config\n",
    "seeds without end": f"{START}    config.seeds = tuple(range(-1, 3))\n    return config\n",
}
CHANGES = {
    "None": "    return None\n",
    "nothing": "    return []\n",
    "a dict": "    return {'optim.eps': 1}\n",
    "texts": "    return ['a']\n",
    "numbers as names": "    return [{1: 2}]\n",
    "a field of nobody": "    return [{'optim.lr': 1}]\n",
    "a value of another kind": "    return [{'optim.learning_rate': 'x'}]\n",
    "nan": "    return [{'optim.learning_rate': float('nan')}]\n",
    "a shared field": "    return [{'seeds': (1,)}]\n",
    "two alike": "    return [{'optim.eps': 1e-3}] * 2\n",
    "an error": "    return 1 / 0\n",
    "a generator": "    yield {'optim.eps': 1e-3}\n",
    "sys.exit": "    raise SystemExit(0)\n",
    "recursion": "    return get_trials()\n",
}


def cases() -> Iterator[Case]:
    """All cases."""
    for (what, text), command in product(FILES.items(), (MAIN, FLOOR, PLAN, SWEEP)):
        if command == PLAN and "config.data.dir" in text:  # which it does not read
            continue
        yield _file(command, f"a config: {what}", text.encode())
    for (what, text), command in product(CHANGES.items(), (SWEEP, PLAN)):
        yield _file(command, f"get_trials: {what}", (TRIALS + text).encode())
    for (what, spoil), command in product(damage.KINDS.items(), (MAIN, SWEEP)):
        if what not in ("cut", "bits flipped"):  # which may be a program still
            yield _file(command, f"a config that is {what}", spoil((START * 3).encode()))
    for encoding in ("utf-16", "cp1252"):
        text = START.replace("()", "()  # é", 1) + "    return config\n"
        yield _file(MAIN, f"a config in {encoding}", text.encode(encoding))
    yield from _environments()


def _file(command: str, what: str, data: bytes) -> Case:
    def make(folder: Path) -> list[str]:
        (folder / "c.py").write_bytes(data)
        return [f"--config={folder / 'c.py'}"]

    says = "c[.]py|data[.]|seeds|dataset|field|view|sweep|trial"
    return Case(command=command, what=what, make=make, says=says, may_change="__pycache__.*")


def _environments() -> Iterator[Case]:
    """Each in a process of its own. A command that needs no JAX is not to mind JAX's."""
    bad = (
        {"JAX_PLATFORMS": "cuda"}, {"JAX_PLATFORMS": "tpu"}, {"JAX_PLATFORMS": "nonsense"},
        {"JAX_NUM_CPU_DEVICES": "x"}, {"JAX_ENABLE_X64": "perhaps"}, {"XLA_FLAGS": "--nonsense"},
        {"XLA_FLAGS": "--xla_force_host_platform_device_count=x"},
    )  # fmt: skip
    for variables in bad:

        def start(folder: Path) -> list[str]:
            return [material.config(), "--mode=eval", f"--workdir={folder / 'w'}",
                    f"--config.data.dir={folder / 'data'}"]  # fmt: skip

        yield Case(command=MAIN, what=f"{variables}", make=start, variables=variables,
                   says="JAX|XLA")  # fmt: skip
        if "XLA_FLAGS" not in variables:
            yield Case(command=SCORE, what=f"{variables}", make=lambda folder: ["--tasks"], code=0,
                       right="casme2/5class", variables=variables)  # fmt: skip
    odd = (
        {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp1252"}, {"COLUMNS": "20"},
        {"COLUMNS": "x"}, {"TERM": "dumb"}, {"LC_ALL": "C", "PYTHONUTF8": "0"},
        {"HOME": "/nonexistent"}, {"LC_ALL": "tr_TR.UTF-8"},
    )  # fmt: skip
    for variables in odd:

        def plan(folder: Path) -> list[str]:
            return [material.config("casme2"), "--devices=1"]

        yield Case(command=PLAN, what=f"{variables}", make=plan, code=0, variables=variables,
                   right="casme2 5class: 246 clips in 5 classes, 26 folds")  # fmt: skip
    for variables in ({"MPLBACKEND": "nonsense"}, {"TMPDIR": "/nonexistent"}):

        def report(folder: Path) -> list[str]:
            return [str(material.copy_of_run(folder))]

        yield Case(command=REPORT, what=f"{variables}", make=report, code=0, right="report.html",
                   variables=variables, needs=True)  # fmt: skip
