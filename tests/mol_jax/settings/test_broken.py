"""A config file that fails is named with its line; the checkout is named where it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from mol_jax.errors import UserError
from mol_jax.study import command

ROOT = Path(__file__).parents[3]
PROGRAM = command.Program("mol_jax.paint", about="Paints.", start="--config=first.py")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "def get_config():\n    raise ValueError(3)\n",
            r"py cannot be .*\(ValueError: 3, line 2\)",
        ),
        (
            "def get_config():\n    x = 1\n    return x / 0\n",
            r"py cannot be .*\(ZeroDiv.*, line 3\)",
        ),
        (
            "import sys\nsys.exit(0)\n",
            r"py cannot .*\(SystemExit: it ends the program, line 2",
        ),
        ("get_config = 3\n", r"mine\.py cannot be used as a config.*needs no argument"),
        ("def get_config(name):\n    return name\n", r"mine\.py cannot .*needs no argument"),
        ("def get_config():\n    pass\n", r"mine\.py: get_config\(\) returned a NoneType"),
        ("def get_config():\n    return {}\n", r"mine\.py: get_config\(\) returned a dict"),
        (
            "from configs import default\n\n\ndef get_config():\n    c = default.get_config()\n"
            "    c.train.steps = 'many'\n    return c\n",
            r"mine\.py cannot be used as a config (?!.*<class).*many.*, line 6\)",
        ),
    ],
)
def test_the_line_that_failed_is_named(tmp_path, source, words):
    (tmp_path / "mine.py").write_text(source)
    with pytest.raises(UserError, match=words) as error:
        command.parse(["paint", f"--config={tmp_path}/mine.py"], PROGRAM)
    assert "\n" not in str(error.value)


def test_a_wrong_value_is_the_command_lines_and_no_line_of_the_config():
    with pytest.raises(UserError, match=r"mer=perhaps: 'perhaps' is no True or False; see") as e:
        command.parse(
            ["paint", f"--config={ROOT}/configs/synthetic.py", "--config.tasks.mer=perhaps"],
            PROGRAM,
        )
    assert "line" not in str(e.value)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (f"{ROOT}/configs/synthetic.py", "imports configs, which is found from the checkout only"),
        ("configs/synthetic.py", "but in the checkout: run this command in"),
    ],
)
def test_from_elsewhere_the_checkout_is_named(tmp_path, config, words):
    program = (
        "import sys\n"
        f"sys.path.append({str(ROOT)!r})\n"
        "import mol_jax.main\n"
        f"sys.path.remove({str(ROOT)!r})\n"
        f"sys.exit(mol_jax.main.main(['main', '--config={config}']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and words in done.stderr and str(ROOT) in done.stderr
    assert done.stderr.count("\n") == 1
