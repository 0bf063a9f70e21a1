"""What is known of a paper beside its tables: how it is cited and what must be said of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mol_jax.paper.rows import Table


@dataclass(frozen=True)
class Paper:
    """A paper whose tables are run.

    name: the folder beside this file that holds it, and what --paper takes. system: what its own
    method is called. tables: by their numbers, in its order. said: what its figures are, and what
    sets them apart from ours. kinds: the legend of its comparisons, "" where there is none. asked:
    which of its figures were asked whether they can be. unlike: from a config as config.json holds
    it to what is not the paper's there, {"data.flow": "data.flow = dis (paper: tvl1)"}.
    """

    name: str
    system: str
    citation: str
    tables: Mapping[str, Table]
    said: str
    kinds: str
    asked: str
    unlike: Callable[[Mapping[str, Any]], Mapping[str, str]]
