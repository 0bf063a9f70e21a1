"""docs/networks.md against the code: each network has a row, and a row says what a config has."""

import importlib
import re
from pathlib import Path

import jax
import pytest

from mol_jax.settings.find import BUILT_IN, find
from mol_jax.training import footprint
from mol_jax.training.program import make_program

PAGE = Path(__file__).parents[3] / "docs" / "networks.md"
ROW = re.compile(r"^\| `(\w+)` \| `(configs/[\w/]+)\.py` \|(.*)\|$", re.MULTILINE)
ROWS = [
    (name, file.replace("/", "."), [cell.strip() for cell in cells.split(" | ")])
    for name, file, cells in ROW.findall(PAGE.read_text(encoding="utf-8"))
]
FITTED = [row for row in ROWS if find(row[0]).method]  # at once, without steps
LONG = "mol", "frl_dgt"  # to trace


def count(config, classes):
    state = footprint.shapes(make_program(config, num_classes=classes), clips=12)[3]
    return sum(leaf.size for leaf in jax.tree.leaves(state.params))


def test_every_network_has_a_row():
    assert {name for name, *_ in ROWS} == set(BUILT_IN)


@pytest.mark.parametrize(
    ("name", "file", "cells"),
    [
        pytest.param(*row, marks=[pytest.mark.slow] * (row[0] in LONG), id=row[1])
        for row in ROWS
        if row not in FITTED
    ],
)
def test_a_row_is_its_config(name, file, cells):
    config = importlib.import_module(file).get_config()
    assert config.model.network == name
    _, three, five, optimiser, updates = cells
    assert [three, five] == [f"{count(config, classes):,}" for classes in (3, 5)]
    optim, train = config.optim, config.train
    said = {
        "Adam": optim.name == "adam",
        "SGD": optim.name == "sgd",
        "L2": bool(optim.l2),
        "momentum": bool(optim.momentum),
    }
    assert {word: word in optimiser for word in said} == said
    numbers = [optim.learning_rate, *filter(None, (optim.l2, optim.momentum))]
    found = [float(number) for number in re.findall(r"(?<!L)\b\d\S*\d", optimiser)]
    assert found == numbers
    assert updates == f"{train.steps:,} × {train.batch_size}"


@pytest.mark.parametrize(("name", "file", "cells"), FITTED, ids=[row[1] for row in FITTED])
def test_a_row_of_a_method_is_its_config(name, file, cells):
    config = importlib.import_module(file).get_config()
    assert config.model.network == name
    kernel, c = re.fullmatch(r"(linear|radial), C (by people held in|\d+)", cells[-1]).groups()
    assert config.model.c == (0 if c.startswith("by") else int(c))
    assert kernel == ("radial" if name in ("flow_svm", "mdmo") else "linear")
