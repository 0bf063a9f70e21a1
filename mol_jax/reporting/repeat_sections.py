"""The sections of a report about how it was made: time and machine, command, versions, settings."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.reporting.finished_run import Run
from mol_jax.text import tables

LINE = 90  # signs of a command before it is broken


def runtime(run: Run) -> list[str]:
    """Lists what was recorded of time and machine."""
    if not run.metrics["runtime"]:
        return []
    rows = [[key.replace("_", " "), str(value)] for key, value in run.metrics["runtime"].items()]
    return ["## Runtime", tables.markdown(["", ""], rows, left=2)]


def again(run: Run) -> list[str]:
    """Gives the command, the versions and every setting."""
    return of_config(run.config, trial=_of_trial(run))


def of_config(
    config: Mapping[str, Any], *, trial: str = "", built: str = "How the data was built"
) -> list[str]:
    """Gives the same of the content of a config.json.

    trial: whose settings these are, in words. built: the title of what is known of the clips.
    """
    versions = [[name, version] for name, version in config["versions"].items()]
    return [
        "## To repeat this",
        f"```\n{_in_lines(config['command'])}\n```",
        f"Commit {config['git_commit'] or 'unknown'}. Scores again, without JAX: "
        "`python -m mol_jax.score predictions.csv`.",
        *_sessions(config["sessions"]),
        tables.markdown(["package", "version"], versions, left=2),
        _folded(f"Every setting{trial}", config["config"]),
        _folded(built, config["dataset"]["built"]),
    ]


def _folded(title: str, content: Any) -> str:
    """Returns plain values as JSON that is shown where somebody opens it."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    return f"<details><summary>{title}</summary>\n\n```json\n{text}\n```\n\n</details>"


def _in_lines(command: str) -> str:
    """Breaks a long command before each of its flags, so that a shell still takes it."""
    if len(command) <= LINE:
        return command
    try:
        words = shlex.split(command)
    except ValueError:  # somebody changed it
        return command
    lines = [" \\\n    " * word.startswith("--") or " " for word in words]
    return "".join(
        f"{start}{shlex.quote(word)}" for start, word in zip(lines, words, strict=True)
    ).strip()


def _of_trial(run: Run) -> str:
    return f" of trial {run.trial}" if len(run.trials) > 1 else ""


def _sessions(sessions: Sequence[Mapping[str, Any]]) -> list[str]:
    """Says where a run went on under another commit, other packages or on another machine."""
    first, *later = sessions
    return [
        f"**Not of one piece:** it went on under commit {session['git_commit'] or 'unknown'}"
        + ("" if session["versions"] == first["versions"] else " and other package versions")
        + _moved(first.get("computed_on"), session.get("computed_on"))
        + "."
        for session in later
    ]


def _moved(before: Any, after: Any) -> str:
    """Says what of `devices.computed_on` changed; earlier versions did not record all of it."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return ""
    changed = [name for name, value in after.items() if value != before.get(name, value)]
    named = (f"{name.replace('_', ' ')} {after[name] or 'none'}" for name in changed)
    return f", computed with {', '.join(named)}" if changed else ""
