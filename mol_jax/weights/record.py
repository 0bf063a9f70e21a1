"""What a run records of the weights that it started from, in its config.json, and how it is said.

A record is of one file and of the trials that take the same of it: "trials", "file" (as it was
typed), "sha256", "dtype", "card", "unlike" (fields of the network that are others now), and the
names of variables that were "loaded", drawn ("fresh") and "left" in the file.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.errors import UserError
from mol_jax.text.words import counted, shortened
from mol_jax.weights import card as cards
from mol_jax.weights import names
from mol_jax.weights.card import Card

Record = dict[str, Any]


def of_config(held: Mapping[str, Any]) -> list[Record]:
    """Returns the records in a config.json as read; a run from before there were any has none.

    Raises UserError where they are not as a run writes them.
    """
    records = held.get("weights", [])
    try:
        for record in records:
            card(record)
            if {type(trial) for trial in record["trials"]} != {int} or not all(
                isinstance(name, str)
                for part in ("loaded", "fresh", "left", "unlike")
                for name in (*record[part], record["file"], record["sha256"])
            ):
                raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            "config.json of this run is damaged: what it says of the weights that the run started "
            'from ("weights") is not what a run writes; put it back as it was, or train the run '
            "again in another --workdir."
        ) from error
    return records


def checksums(records: Sequence[Record]) -> dict[int, str]:
    """Returns the SHA-256 of each trial's file, by the trial's number."""
    return {trial: record["sha256"] for record in records for trial in record["trials"]}


def of_trial(records: Sequence[Record], trial: int) -> Record | None:
    """Returns the record of a trial, None where it starts from drawn weights."""
    return next((record for record in records if trial in record["trials"]), None)


def card(record: Record) -> Card:
    """Returns the card of the weights."""
    return cards.from_json(record["card"])


def sentence(record: Record, *, several: bool) -> str:
    """Says what was loaded, drawn and left; several: whether the run has more than one trial."""
    of = ""
    if several:
        numbers = shortened([str(trial) for trial in record["trials"]], between=", ")
        of = f"trial {numbers} " if len(record["trials"]) == 1 else f"trials {numbers}, each "
    parts = taken(record)
    unlike = f"; otherwise than there: {'; '.join(record['unlike'])}" if record["unlike"] else ""
    return (
        f"{of}starts from {record['file']} (SHA-256 {record['sha256'][:12]}…, "
        f"{summary(card(record))}): loaded {parts['loaded']}; drawn anew {parts['fresh']}; left in "
        f"the file {parts['left']}{unlike}."
    )


def summary(of: Card) -> str:
    """Says in few words what weights were trained on."""
    seen = (
        "generated faces only"
        if of.generated
        else f"{counted(len(of.persons), 'person')} were seen"
    )
    return f"{counted(of.steps, 'step')}, {seen}"


def taken(record: Record) -> dict[str, str]:
    """Names the variables of each list by the largest parts that they fill, or "nothing"."""
    every = record["loaded"] + record["fresh"]
    of_file = record["loaded"] + record["left"]
    within = {"loaded": every, "fresh": every, "left": of_file}
    return {name: _named(record[name], all_) for name, all_ in within.items()}


def _named(chosen: Sequence[str], every: Sequence[str]) -> str:
    parts = names.covering(map(names.in_network, chosen), map(names.in_network, every))
    return shortened(parts, shown=12, between=", ") or "nothing"
