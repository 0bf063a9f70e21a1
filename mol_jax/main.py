"""Runs one study: `python -m mol_jax.main --config=configs/synthetic.py --workdir=runs/synthetic`.

Flags in, exit code out; `mol_jax.experiment` does the work.
"""

import itertools
import os
import shlex
import sys
from pathlib import Path

from absl import flags, logging
from ml_collections import ConfigDict, config_flags
from rich.console import Console

from mol_jax import settings
from mol_jax.errors import UserError, exit_code

CONFIG = config_flags.DEFINE_config_file("config", None, "File with get_config(); see configs/.")
WORKDIR = flags.DEFINE_string("workdir", None, "Folder of the results [runs/<config's name>].")
MODE = flags.DEFINE_enum(
    "mode", "train", ["train", "eval"], "eval: write the results again from the weights."
)
START = "--config=configs/synthetic.py"
FIELDS = "Every field of configs/default.py can be set, as in --config.optim.learning_rate=1e-4."


def main(argv: list[str]) -> int:
    """Runs the study that the command line describes; returns the exit code.

    0: every fold was trained and scored. 1: it finished, but folds diverged and have no score.
    2: bad input, one sentence on stderr. 130: stopped by Ctrl-C. 143: terminated.
    """
    if any(argument in ("--help", "-help", "-h") for argument in argv):
        print(__doc__, flags.FLAGS.module_help(sys.modules[__name__]), FIELDS, sep="\n")
        return 0
    command = shlex.join(["python", "-m", "mol_jax.main", *argv[1:]])
    return exit_code(
        lambda: _run(*_parse(argv), command, Console()),
        stopped="stopped; run the same command to go on.",
    )


def _parse(argv: list[str]) -> tuple[ConfigDict, Path]:
    """Returns the checked config and the workdir. Raises UserError for a flag that is wrong."""
    path = _config_path(argv)
    _refuse_unknown_fields(argv)
    try:
        extra = flags.FLAGS(argv)[1:]
    except flags.Error as error:
        raise UserError(f"{_one_line(error)}; see python -m mol_jax.main --help.") from error
    except Exception as error:  # the config file is the user's own program
        raise UserError(
            f"{path} cannot be used as a config ({type(error).__name__}: {_one_line(error)}); "
            "configs/casme2.py is an example."
        ) from error
    if extra:
        raise UserError(f"unexpected argument {extra[0]!r}: options are given as --name=value.")
    settings.check(CONFIG.value)
    return CONFIG.value, Path(WORKDIR.value or Path("runs", path.stem)).expanduser()


def _config_path(argv: list[str]) -> Path:
    given = [a.partition("=")[2] for a in argv if a.startswith(("--config=", "-config="))]
    given += [b for a, b in itertools.pairwise(argv) if a in ("--config", "-config")]
    if not given:
        raise UserError(f"no --config=FILE was given; start with {START}.")
    if not Path(given[-1]).is_file():
        raise UserError(f"there is no config file {given[-1]!r}; start with {START}.")
    return Path(given[-1])


def _refuse_unknown_fields(argv: list[str]) -> None:
    """Raises UserError for an override of a field that is not declared, naming the nearest."""
    for argument in argv:
        name = argument.partition("=")[0].lstrip("-")
        _, is_field, field = name.removeprefix("no").partition("config.")
        if argument.startswith("-") and is_field and field not in settings.RULES:
            raise settings.unknown_field(field)


def _one_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no message"


def _run(config: ConfigDict, workdir: Path, command: str, console: Console) -> int:
    """Sets JAX up, runs the experiment, and prints the table and where the report is."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.set_verbosity(logging.FATAL)  # Orbax logs every save; errors reach us as exceptions
    import jax  # noqa: PLC0415  a bad flag is answered before JAX is loaded

    from mol_jax import experiment, report, sections  # noqa: PLC0415

    if config.runtime.cache_dir:
        jax.config.update(
            "jax_compilation_cache_dir", str(Path(config.runtime.cache_dir).expanduser())
        )
    run = experiment.train if MODE.value == "train" else experiment.evaluate
    metrics = run(config, workdir, command=command, console=console)
    console.print(report.console_table(metrics))
    console.print(f"report: {workdir / 'report.md'}", highlight=False)
    if metrics["failed_folds"]:
        names = [sections.replica_name(fold) for fold in metrics["failed_folds"]]
        print(
            f"error: {len(names)} of the folds diverged (NaN) and have no score: "
            f"{', '.join(names)}; lower optim.learning_rate and use a new --workdir.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
