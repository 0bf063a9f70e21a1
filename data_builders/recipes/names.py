"""Datasets that have no builder of their own: how they are called, and where their recipe is.

`folder` takes them all, with a table of labels made from their sheet: docs/recipes.md.
"""

import dataclasses
import re

PAGE = "docs/recipes.md"


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One dataset of docs/recipes.md.

    Attributes:
      name: as `data_builders.convert` takes it.
      title: as people write it, and the heading of its section.
      called: its other names, letters and digits alone.
      traces: what the names of its files and folders hold, in lower case without white space.
      converted: whether `data_builders.convert` reads its sheet.
    """

    name: str
    title: str
    called: tuple[str, ...]
    traces: tuple[str, ...]
    converted: bool = False

    @property
    def anchor(self) -> str:
        """The address of its section."""
        return f"{PAGE}#{re.sub(r'[^a-z0-9 ]', '', self.title.lower()).replace(' ', '-')}"

    @property
    def advice(self) -> str:
        """What to do with it, in one clause."""
        converter = f"; python -m data_builders.convert {self.name} makes that table"
        return (
            f"{self.title} has no builder of its own: build it as folder, with a table of labels "
            f"as {self.anchor} says{converter * self.converted}"
        )


RECIPES = (
    Recipe("casme", "CASME", ("casme1", "casmei"), ("casme_raw_selected", "casme-coded"), True),
    Recipe(
        "casme_sq",
        "CAS(ME)^2",
        ("casmesq", "casmesquared", "casmesquare"),
        ("cas(me)^2", "cas(me)2", "casme_sq", "casme^2", "code_final"),
    ),
    Recipe(
        "casme3",
        "CAS(ME)^3",
        ("casmeiii", "casmecubed", "casmecube", "casme3parta", "casme3a", "casme3partc"),
        ("cas(me)3", "cas(me)^3", "casme3", "casme_3", "casme^3", "part_a_me"),
        True,
    ),
    Recipe("mmew", "MMEW", ("mmewfinal", "mmewmicro"), ("mmew",), True),
    Recipe("4dme", "4DME", ("4dmicro", "fourdme", "4dmer", "fourd"), ("4dme", "4dmicro")),
    Recipe(
        "samm_lv",
        "SAMM Long Videos",
        ("sammlong", "sammlongvideo", "sammlongvideos", "sammmegc"),
        ("samm_long", "sammlong", "sammlv", "samm-lv", "samm_lv"),
    ),
)


def named(text: str) -> Recipe | None:
    """The dataset that a name is of, in any usual spelling: CAS(ME)^3, casme_3, CASME III."""
    low = text.strip().lower().translate(str.maketrans("²³", "23"))
    plain = re.sub(r"[\W_]", "", low)
    # casme2 alone is CASME II, which has a builder; (me) and ^ are how the other one is written.
    if plain == "casme2" and re.search(r"\(me\)|\^|square", low):
        plain = "casmesq"
    for recipe in RECIPES:
        if plain == re.sub(r"[\W_]", "", recipe.name) or plain in recipe.called:
            return recipe
    return None


def traced(names: str) -> list[Recipe]:
    """The datasets that the names of files and folders speak of."""
    low = re.sub(r"\s", "", names.lower()).translate(str.maketrans("²³", "23"))
    return [recipe for recipe in RECIPES if any(trace in low for trace in recipe.traces)]
