"""What the commands that train have in common: flags in, exit code out.

`mol_jax.main` runs one config, `launch.sweep` several variants of one. A command line is checked to
its last flag before a device is touched; the work itself is `mol_jax.study.experiment`'s.
"""

import dataclasses
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from absl import flags, logging
from ml_collections import ConfigDict, config_flags

from mol_jax import settings
from mol_jax.errors import UserError, exit_code
from mol_jax.files import place
from mol_jax.settings import command_line
from mol_jax.settings.broken import one_line
from mol_jax.settings.fields import Field
from mol_jax.settings.trials import Trial, describe
from mol_jax.text.words import shortened
from mol_jax.training import backend

FIELDS = "Every field of configs/default.py can be set, as in --config.optim.learning_rate=1e-4."


def _no_more_flags(_: flags.FlagValues) -> None:
    pass


def _no_more_checks(_: ConfigDict) -> None:
    pass


@dataclasses.dataclass(frozen=True)
class Program:
    """A command: its module, the text of its --help, a --config to start with, more flags.

    trains: whether it has the flag --workdir. evaluates: and --mode. fields: of its config, beside
    those of every config, by their dotted names. own: raises UserError for a config of another
    command, before its fields are looked at. check: for what the command cannot do, of a config
    that is right otherwise.
    """

    module: str
    about: str
    start: str
    define_flags: Callable[[flags.FlagValues], None] = _no_more_flags
    trains: bool = True
    evaluates: bool = True
    fields: Mapping[str, Field] = dataclasses.field(default_factory=dict)
    own: Callable[[ConfigDict], None] = _no_more_checks
    check: Callable[[ConfigDict], None] = _no_more_checks


@dataclasses.dataclass(frozen=True)
class Call:
    """A checked command line.

    path: of the config file. workdir: the default one where the program has no such flag.
    overrides: the fields that were set, by their dotted names. text: the command as a shell takes
    it.
    """

    path: Path
    config: ConfigDict
    workdir: Path
    flags: flags.FlagValues
    overrides: tuple[str, ...]
    text: str


def main(argv: Sequence[str], program: Program, run: Callable[[Call], int]) -> int:
    """Answers --help, or checks the command line and runs it; returns the exit code.

    0: every fold that was to be worked on was trained and scored. 1: folds diverged and have no
    score.
    2: bad input, one sentence on stderr. 130: stopped by Ctrl-C. 143: terminated.
    """

    def answer() -> int:
        if not any(argument in ("--help", "-help", "-h") for argument in argv):
            return run(parse(argv, program))
        lines = _flags(argv, program).get_help(include_special_flags=False).splitlines()
        flag_lines = [line for line in lines if line.startswith(" ")]  # not the modules' names
        print(program.about, *flag_lines, FIELDS, sep="\n")
        return 0

    return exit_code(answer, stopped="stopped; run the same command to go on.")


def parse(argv: Sequence[str], program: Program) -> Call:
    """Returns the checked command line. Raises UserError for a flag that is wrong."""
    # Orbax logs every save, absl a get_config() of no result; errors reach us as exceptions.
    logging.set_verbosity(logging.FATAL)
    path = command_line.path_of(argv, start=program.start)
    overrides = command_line.overrides(argv, program.fields)
    base = command_line.load(path)
    program.own(base)
    command_line.set_network(base, argv)
    command_line.refuse_unknown(base, overrides, program.fields)
    known = _flags(argv, program, base)
    try:
        extra = known(command_line.without_file(argv))[1:]
    except flags.Error as error:
        raise UserError(f"{one_line(error)}; see python -m {program.module} --help.") from error
    if extra:
        raise UserError(f"unexpected argument {extra[0]!r}: options are given as --name=value.")
    config = known["config"].value
    settings.check(config, program.fields)
    program.check(config)
    folder = known["workdir"].value if program.trains else None
    workdir = place.checked(folder) if folder else Path("runs", path.stem)
    text = shlex.join(["python", "-m", program.module, *argv[1:]])
    return Call(path, config, workdir, known, overrides, text)


def run_trials(call: Call, trials: Sequence[Trial]) -> int:
    """Trains or evaluates the trials, prints the table and where the report is."""
    prepare_jax(call.config)
    from mol_jax.reporting import page  # noqa: PLC0415  see prepare_jax
    from mol_jax.study import experiment  # noqa: PLC0415  see prepare_jax
    from mol_jax.terminal import out  # noqa: PLC0415  see prepare_jax
    from mol_jax.terminal.sentence import say  # noqa: PLC0415  see prepare_jax

    console = out.console()
    run = experiment.train if call.flags["mode"].value == "train" else experiment.evaluate
    metrics = run(trials, call.workdir, command=call.text, console=console)
    values = {trial.number: describe(trial) for trial in trials}
    console.print(page.console_table(metrics, values=values), crop=False)
    say(console, f"report: {call.workdir / 'report.md'}")
    if metrics["failed_folds"]:
        print(f"error: {_diverged(metrics['failed_folds'], trials)}", file=sys.stderr)
        return 1
    return 0


def prepare_jax(config: ConfigDict, platforms: str | None = None) -> None:
    """Starts JAX and keeps compiled programs where the config says.

    Only then are `experiment` and what it needs imported: bad flags are answered before.
    platforms: as JAX_PLATFORMS, which it then overrides. Raises UserError where JAX does not start.
    """
    backend.start(platforms)
    import jax  # noqa: PLC0415

    if config.runtime.cache_dir:
        cache = place.typed(config.runtime.cache_dir, "runtime.cache_dir")
        jax.config.update("jax_compilation_cache_dir", str(cache))


def _flags(
    argv: Sequence[str], program: Program, config: ConfigDict | None = None
) -> flags.FlagValues:
    """Returns the flags of a program. They are its own: absl's global ones are left alone.

    config: whose fields can be set; None for the text of --help.
    """
    known, help_ = flags.FlagValues(), "File with get_config(); see configs/."
    if config is None:
        config_flags.DEFINE_config_file("config", None, help_, flag_values=known)
    else:
        rest = command_line.without_file(argv)
        config_flags.DEFINE_config_dict("config", config, help_, flag_values=known, sys_argv=rest)
    if program.trains:
        _define_workdir(known)
    if program.trains and program.evaluates:
        _define_mode(known)
    program.define_flags(known)
    return known


def _define_workdir(known: flags.FlagValues) -> None:
    flags.DEFINE_string(
        "workdir", None, "Folder of the results [runs/<config's name>].", flag_values=known
    )


def _define_mode(known: flags.FlagValues) -> None:
    flags.DEFINE_enum(
        "mode",
        "train",
        ["train", "eval"],
        "eval: write the results again from the weights.",
        flag_values=known,
    )


def _diverged(failed: Sequence[Mapping[str, Any]], trials: Sequence[Trial]) -> str:
    """Names what has no score: the folds of one trial, or how many folds of which trials."""
    from mol_jax.reporting import trial_sections  # noqa: PLC0415  with them comes matplotlib

    if len(trials) == 1:
        names = ", ".join(trial_sections.replica_name(fold) for fold in failed)
        advice = "lower optim.learning_rate and use a new --workdir."
    else:
        counts = Counter(fold["trial"] for fold in failed)
        parts = [f"{counts[number]} of trial {number}" for number in sorted(counts)]
        names = shortened(parts, between=", ")
        whole = {trial.number for trial in trials} - set(counts)
        advice = "the other trials' scores stand." if whole else "no trial is whole."
    return f"{len(failed)} of the folds diverged (NaN) and have no score: {names}; {advice}"
