"""The section of a report about the weights that a run started from, and its row on the card."""

from mol_jax.reporting.finished_run import Run
from mol_jax.text import tables
from mol_jax.text.words import shortened
from mol_jax.weights import record as records
from mol_jax.weights import shown
from mol_jax.weights.record import Record, card


def row(run: Run) -> str:
    """Says on the task card what the first trial started from."""
    record = records.of_trial(_records(run), run.trial)
    return "none" if record is None else f"{record['file']}: {records.summary(card(record))}"


def weights(run: Run) -> list[str]:
    """Lists every file that trials started from, and what of it they took."""
    held = _records(run)
    if not held:
        return []
    drawn = [trial for trial in run.trials if records.of_trial(held, trial) is None]
    others = f" Trials {', '.join(map(str, drawn))} start from drawn weights." if drawn else ""
    said = [part for record in held for part in _of(record, several=len(run.trials) > 1)]
    return ["## Weights it started from", *said, *([others.strip()] if others else [])]


def _of(record: Record, *, several: bool) -> list[str]:
    of, parts = card(record), records.taken(record)
    rows = {
        "trials": ", ".join(map(str, record["trials"])) if several else None,
        "file": record["file"],
        "SHA-256": record["sha256"],
        "trained on": shown.assigned(of.origin),
        "people seen": "nobody" if of.generated else shortened(of.persons, between=", "),
        "classes there": ", ".join(of.classes),
        "steps": f"{of.steps:,}",
        "licence": of.licence,
        "loaded": parts["loaded"],
        "drawn anew": parts["fresh"],
        "left in the file": parts["left"],
        "otherwise than there": "; ".join(record["unlike"]) or "nothing",
    }
    lines = [[name, text] for name, text in rows.items() if text is not None]
    mark = ["**These weights have seen generated faces only, and no person.**"] * of.generated
    return [*mark, tables.markdown(["", ""], lines, left=2)]


def _records(run: Run) -> list[Record]:
    return records.of_config(run.config)
