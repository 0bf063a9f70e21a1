"""The paper's figures are found by task only, and checked for being attainable."""

import importlib
import subprocess
import sys

import pytest

from data_builders.views import get_view
from mol_jax.paper import published
from mol_jax.paper.paper_tables import TABLES


def test_a_row_is_found_by_dataset_classes_and_frames():
    row = published.find("casme2", 5, 8)
    assert (row.acc, row.wf1, row.epe, row.nme, row.failure_rate) == (
        79.23, 75.85, 0.650, 2.35, 2.13,
    )  # fmt: skip
    assert published.find("casme2", 5, 2).acc == 79.88
    for unknown in (("synthetic", 5, 8), ("casme2", 4, 8), ("samm", 5, 4)):
        assert published.find(*unknown) is None


@pytest.mark.parametrize("config", published.TASKS)
def test_a_row_is_of_what_its_config_runs(config):
    made = importlib.import_module(f"configs.{config.replace('/', '.')}").get_config()
    view = get_view(made.data.name, made.data.view)
    assert (made.data.name, len(view.classes), made.data.frames) == published.TASKS[config]


def test_a_row_has_all_that_the_tables_print_of_its_config():
    assert published.find("smic", 3, 8).source == "Shao et al. 2025, single-dataset comparison"
    assert published.find("casme2", 5, 16).source == "Shao et al. 2025, Table XIII"
    printed = [
        (row.config, metric, float(figure))
        for table in TABLES.values()
        for row in table.rows
        for metric, figure in row.figures.items()
        if row.config in published.TASKS
    ]
    assert len(printed) > 16
    for config, metric, figure in printed:
        assert getattr(published.find(*published.TASKS[config]), metric) == figure


def test_the_figures_are_read_without_jax():
    code = (
        "import sys, mol_jax.paper.published; print(*{'jax', 'ml_collections'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "\n"


def test_rows_are_distinct():
    keys = [(row.dataset, row.classes, row.frames) for row in published.ROWS]
    assert len(set(keys)) == len(keys)


def test_no_single_dataset_accuracy_of_the_paper_is_a_whole_number_of_known_clips():
    known = {
        ("casme2", 3): (145, 147, 150, 156),
        ("casme2", 5): (243, 246, 249),
        ("samm", 3): (133,),
        ("samm", 5): (136, 157),
        ("smic", 3): (164,),
    }
    for (dataset, classes), counts in known.items():
        acc = published.find(dataset, classes, 8).acc
        assert not any(published.whole_clips(acc, clips) for clips in counts)


def test_a_real_share_of_clips_is_a_whole_number():
    assert all(published.whole_clips(round(100 * k / 246, 2), 246) for k in range(247))
    assert not published.whole_clips(79.23, 246)
