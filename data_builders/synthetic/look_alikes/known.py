"""Of which licensed datasets a look-alike is written, and what may be chosen about each."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_builders.casme2.annotation import WORKBOOKS as CASME2_WORKBOOKS
from data_builders.samm.annotation import WORKBOOKS as SAMM_WORKBOOKS
from data_builders.synthetic.look_alikes import affwild2, casme2_tree, samm, smic
from mol_jax.errors import UserError

COMMON = ("subjects", "clips", "frames", "seed", "workers", "image_size", "blank", "no_quirks")
LONGEST = 200  # frames of a clip
RANGES = {"seed": (0, 2**32), "train": (1, 999), "validation": (1, 999), "workers": (1, 1024)}
# A tree's folder, the same as archives unpack it (one folder down), and whether that is usual.
CASME2_TREES = {
    "raw_selected": ("CASME2_RAW_selected", casme2_tree.SELECTED, True),
    "raw": ("CASME2_RAW", casme2_tree.RAW, True),
    "cropped": (casme2_tree.CROPPED, "Cropped-updated/Cropped", False),
}
CASME2_BOOKS = {
    "20140508": CASME2_WORKBOOKS[0],
    "20190701": CASME2_WORKBOOKS[1],
    "updated": "CASME2-coding-updated.xlsx",
}
SAMM_BOOKS = {  # file and row of the header
    "v2": (SAMM_WORKBOOKS[0], samm.HEADER_ROW),
    "20181215": (SAMM_WORKBOOKS[1], samm.HEADER_ROW),
    "trimmed": (SAMM_WORKBOOKS[0], 2),
}
SMIC_BUILDS = {
    **{"raw": "smic", "cropped": "smic", "vis": "smic_vis", "nir": "smic_nir"},
    **{"long": "smic_hs_e", "vis_long": "smic_vis_e", "nir_long": "smic_nir_e"},
}


def _casme2(options: dict[str, Any]) -> dict[str, Any]:
    chosen = options.pop("trees", ("raw_selected", "cropped"))
    doubled = options.pop("doubled", None)
    forms = [CASME2_TREES[tree] for tree in chosen]
    trees = tuple(
        two if (usual if doubled is None else doubled) else one for one, two, usual in forms
    )
    book = CASME2_BOOKS[options.pop("workbook", "20140508")]
    layout = casme2_tree.Layout(trees, book, options.pop("numeric", False))
    return options | {"layout": layout}


def _samm(options: dict[str, Any]) -> dict[str, Any]:
    folder = "SAMM/SAMM" if options.pop("doubled", False) else "SAMM"
    book, row = SAMM_BOOKS[options.pop("workbook", "v2")]
    return options | {"layout": samm.Layout(folder, book, row, options.pop("numeric", False))}


def _smic(options: dict[str, Any]) -> dict[str, Any]:
    return options | {"parts": options.pop("trees", smic.DEFAULT_PARTS)}


def _smic_builds(arguments: Mapping[str, Any]) -> list[str]:
    filmed = max(arguments.get("subjects", smic.COUNTS)) >= smic.VIS_FROM
    parts = [p for p in arguments["parts"] if filmed or p not in smic.SLOW]
    return list(dict.fromkeys(SMIC_BUILDS[part] for part in parts))


@dataclasses.dataclass(frozen=True, kw_only=True)
class LookAlike:
    """How the command writes the look-alike of a dataset.

    Attributes:
      write: writes it into an empty folder.
      options: the command's options that apply.
      subjects: all of them, in the order in which --subjects takes the first; none without it.
      choices: what an option may be, or each of its parts.
      arguments: turns options into arguments of `write`.
      shortest: frames of a clip, at least.
      builds: the datasets that can be built from it, given those arguments.
    """

    write: Callable[..., Path]
    options: Sequence[str]
    subjects: Sequence[Any] = ()
    choices: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    arguments: Callable[[dict[str, Any]], dict[str, Any]] = dict
    shortest: int = 3
    builds: Callable[[Mapping[str, Any]], Sequence[str]]


LOOK_ALIKES = {
    "casme2": LookAlike(
        write=casme2_tree.write_tree,
        options=(*COMMON, "trees", "doubled", "workbook", "numeric"),
        subjects=tuple(casme2_tree.COUNTS),
        choices={"trees": tuple(CASME2_TREES), "workbook": tuple(CASME2_BOOKS)},
        arguments=_casme2,
        builds=lambda _: ["casme2"],
    ),
    "samm": LookAlike(
        write=samm.write_tree,
        options=(*COMMON, "doubled", "workbook", "numeric"),
        subjects=tuple(samm.COUNTS),
        choices={"workbook": tuple(SAMM_BOOKS)},
        arguments=_samm,
        builds=lambda _: ["samm"],
    ),
    "smic": LookAlike(
        write=smic.write_tree,
        options=(*COMMON, "trees", "doubled"),
        subjects=tuple(smic.COUNTS),
        choices={"trees": smic.PARTS},
        arguments=_smic,
        shortest=4,
        builds=_smic_builds,
    ),
    "affwild2": LookAlike(
        write=affwild2.write_tree,
        options=(
            "release",
            "train",
            "validation",
            "doubled",
            "seed",
            "workers",
            "blank",
            "no_quirks",
        ),
        choices={"release": tuple(affwild2.RELEASES)},
        builds=lambda _: ["affwild2"],
    ),
}


def arguments_of(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the writer for the options that were given.

    Raises:
      UserError: for an option that does not apply to this dataset, or is out of range.
    """
    made, arguments = LOOK_ALIKES[name], dict(options)
    _check_choices(name, options)
    _check_ranges(name, options)
    if "doubled" in arguments:
        arguments["doubled"] = arguments["doubled"] == "yes"
    if "subjects" in arguments:
        arguments["subjects"] = made.subjects[: arguments["subjects"]]
    for option, argument in (("blank", "faces"), ("no_quirks", "quirks")):
        if arguments.pop(option, False):
            arguments[argument] = False
    return made.arguments(arguments)


def _check_choices(name: str, options: Mapping[str, Any]) -> None:
    made = LOOK_ALIKES[name]
    for option in options:
        if option not in made.options:
            known = ", ".join(f"--{known}" for known in made.options)
            raise UserError(f"--{option} does not apply to --like={name}, which takes {known}.")
    for option, choices in made.choices.items():
        given = options.get(option, choices[0])
        values = (given,) if isinstance(given, str) else given
        if not set(values) <= set(choices) or len(set(values)) < len(values):
            raise UserError(
                f"{option} is {','.join(values)!r}; {name} has {', '.join(choices)}"
                + (", each once." if option == "trees" else ".")
            )


def _check_ranges(name: str, options: Mapping[str, Any]) -> None:
    made = LOOK_ALIKES[name]
    count, people = options.get("subjects", 1), max(len(made.subjects), 1)
    if not 1 <= count <= people:
        raise UserError(f"subjects is {count}; {name} has {people}, so it is from 1 to {people}.")
    for option, (least, most) in RANGES.items():
        if not least <= options.get(option, least) <= most:
            raise UserError(f"{option} is {options[option]}; it must be from {least} to {most}.")
    low, high = options.get("frames", (made.shortest, LONGEST))
    if not made.shortest <= low <= high <= LONGEST:
        raise UserError(
            f"frames is {low},{high}; a clip of {name} has from {made.shortest} to {LONGEST}, "
            "the shortest first."
        )
