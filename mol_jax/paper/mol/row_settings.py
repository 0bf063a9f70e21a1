"""What each row of the paper's tables is of, so that a run is found to be one.

The same stands in the rows' config files, and a test holds both equal: a report is written from a
workdir alone, where no config file may be at hand.
"""

from collections.abc import Mapping
from typing import Any

from mol_jax import settings
from mol_jax.settings.fields import OfRow

# The paper lists no clips: of a class set that is in use in several forms, any may be its own.
_FIVE = frozenset({"5class", "5class_release"})
_THREE = frozenset({"3class_megc2019", "3class_naive", "3class_wide"})


def _joined(trained: str) -> frozenset[str]:
    """Returns both spellings of the union of a view that is trained on with SMIC's."""
    return frozenset({f"{trained}+smic/3class", f"smic/3class+{trained}"})


_CASME2 = {"data.name": "casme2", "data.view": _FIVE}
_CROSS = {"data.name": "composite", "protocol.name": "cross", "protocol.test": ("smic",)}
_NO_MER, _NO_FLOW, _NO_LANDMARKS = (
    {f"tasks.{task}": False} for task in ("mer", "flow", "landmarks")
)

# By config: the fields that decide rows where they are not MOL's own, a set for any one of it.
SETTINGS: dict[str, dict[str, Any]] = {
    "casme2": _CASME2,
    "casme2_3class": {"data.name": "casme2", "data.view": _THREE},
    "casme2_3class_wide": {"data.name": "casme2", "data.view": "3class_wide"},
    "samm": {"data.name": "samm", "data.view": "5class"},
    "samm_3class": {"data.name": "samm", "data.view": "3class"},
    "smic": {"data.name": "smic", "data.view": "3class"},
    "composite": {"data.name": "composite", "data.view": "megc2019"},
    "cross": _CROSS | {
        "data.view": frozenset().union(*(_joined(f"casme2/{view}") for view in _THREE)),
        "protocol.train": ("casme2",),
    },
    "samm_to_smic": _CROSS | {"data.view": _joined("samm/3class"), "protocol.train": ("samm",)},
    "ablations/no_flow_no_landmarks": _CASME2 | _NO_FLOW | _NO_LANDMARKS,
    "ablations/no_landmarks": _CASME2 | _NO_LANDMARKS,
    "ablations/no_flow": _CASME2 | _NO_FLOW,
    "ablations/no_mer": _CASME2 | _NO_MER,
    "ablations/flow_only": _CASME2 | _NO_MER | _NO_LANDMARKS,
    "ablations/landmarks_only": _CASME2 | _NO_MER | _NO_FLOW,
    "ablations/no_f5c": _CASME2 | {"model.num_f5c": 0},
    "ablations/no_ccc": _CASME2 | {"model.ccc": False},
    "ablations/no_fcc": _CASME2 | {"model.fcc": "none"},
    "ablations/f5c_2": _CASME2 | {"model.num_f5c": 2},
    "ablations/f5c_3": _CASME2 | {"model.num_f5c": 3},
    "ablations/transformer": _CASME2 | {"model.fcc": "transformer"},
    "ablations/fcc_v": _CASME2 | {"model.fcc": "vertical"},
    "ablations/fcc_h": _CASME2 | {"model.fcc": "horizontal"},
    "ablations/fusion_first": _CASME2 | {"model.fusion": "first"},
    "ablations/fusion_last": _CASME2 | {"model.fusion": "last"},
    "ablations/fusion_all": _CASME2 | {"model.fusion": "all"},
    "ablations/fusion_add": _CASME2 | {"model.fusion": "add"},
    "ablations/fusion_subtract": _CASME2 | {"model.fusion": "subtract"},
    "ablations/fusion_concat_channels": _CASME2 | {"model.fusion": "concat_channels"},
    "ablations/frames_2": _CASME2 | {"data.frames": 2},
    "ablations/frames_4": _CASME2 | {"data.frames": 4},
    "ablations/frames_16": _CASME2 | {"data.frames": 16},
}  # fmt: skip

# The fields that decide rows, with MOL's own values.
_FIELDS = settings.declared("mol")
MOL = {name: field.paper.mol for name, field in _FIELDS.items() if isinstance(field.paper, OfRow)}


def is_of(config: str, fields: Mapping[str, Any]) -> bool:
    """Tells whether a run with these fields is what the rows of a config are of."""
    wanted = MOL | SETTINGS[config]
    given = {name: MOL[name] if instead(name, fields) else fields.get(name) for name in wanted}
    return all(
        given[name] in value if isinstance(value, frozenset) else given[name] == value
        for name, value in wanted.items()
    )


def instead(name: str, fields: Mapping[str, Any]) -> bool:
    """Tells whether a field that decides rows has a value that no row has, in place of MOL's."""
    paper = _FIELDS[name].paper if name in _FIELDS else None
    return isinstance(paper, OfRow) and fields.get(name) in paper.instead
