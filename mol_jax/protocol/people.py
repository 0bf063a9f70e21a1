"""Who is who: one key for one human over all datasets, from what a table of predictions holds.

People are what intervals and tests draw, so two names of one person must not pass for two people.
The cameras of SMIC filmed the same subjects, and SAMM's long videos show those of its clips; all
other datasets are of other people, whatever their subjects are called. A table in which one human
has names that nobody could guess says so in a column `person`.
"""

import functools
import re

Person = tuple[str, str]  # whose subjects, and which of them

# A study's name as its datasets begin, how its subjects are spelled, and how the builders do.
_STUDIES = {
    "smic": (re.compile(r"s?0*(\d{1,4})", re.ASCII), "s{}"),
    "samm": (re.compile(r"(?:samm_?)?0*(\d{1,4})", re.ASCII), "{:0>3}"),
    "casme2": (re.compile(r"(?:sub)?0*(\d{1,4})", re.ASCII), "sub{:0>2}"),
}
_ALIASES = {
    "casmeii": "casme2",
    "smic": "smic",
    "smichs": "smic",
    "smicvis": "smic",
    "smicnir": "smic",
    "smichse": "smic",
    "smicvise": "smic",
    "smicnire": "smic",
    "samm": "samm",
    "sammlong": "samm",
    "sammlv": "samm",
    "sammlongvideos": "samm",
}


def study(dataset: str) -> str:
    """Returns whose subjects a dataset has: smic for smic, SMIC-HS, smic_vis; else its own name."""
    plain = dataset.strip().lower()
    # CAS(ME)^2 without its signs would read casme2, and is another study.
    return plain if plain == "casme2" else _ALIASES.get(re.sub(r"[\s_-]", "", plain), dataset)


@functools.lru_cache(maxsize=4096)
def person_of(dataset: str, subject: str, *, named: str = "") -> Person:
    """Returns the person behind a subject of a dataset: ("smic", "s3") for smic_vis and s03.

    named: what the table itself calls the person, which then decides alone.
    """
    return ("", named) if named else (study(dataset), subject_name(dataset, subject))


@functools.lru_cache(maxsize=4096)
def subject_name(dataset: str, subject: str) -> str:
    """Spells a subject as the builders do: s3 for SMIC's s03 and 3, 006 for SAMM's 6."""
    pattern, spelled = _STUDIES.get(study(dataset), (None, ""))
    match = pattern.fullmatch(subject.strip().lower()) if pattern else None
    return spelled.format(match[1]) if match else subject
