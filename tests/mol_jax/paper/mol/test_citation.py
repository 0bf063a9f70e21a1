"""The paper's accuracies are checked for being attainable, and read without JAX."""

import subprocess
import sys

import pytest

from mol_jax.paper.mol import citation
from mol_jax.paper.mol.tables import TABLES

# The clip counts of the class sets in use.
CLIPS = {
    "casme2": (243, 246, 249),
    "casme2_3class": (145, 147, 150, 156),
    "samm": (136, 157),
    "samm_3class": (133,),
    "smic": (164,),
}


def test_the_figures_are_read_without_jax():
    code = (
        "import sys, mol_jax.paper.mol.matching_rows, mol_jax.reporting.paper_sections; "
        "print(*{'jax', 'flax'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "\n"


@pytest.mark.parametrize("config", CLIPS)
def test_no_single_dataset_accuracy_of_the_paper_is_a_whole_number_of_known_clips(config):
    rows = [row for table in TABLES.values() for row in table.rows if row.config == config]
    accuracies = {float(row.figures["acc"]) for row in rows if "acc" in row.figures}
    assert len(accuracies) == 1
    for acc in accuracies:
        assert not any(citation.whole_clips(acc, clips) for clips in CLIPS[config])


def test_a_real_share_of_clips_is_a_whole_number():
    assert all(citation.whole_clips(round(100 * k / 246, 2), 246) for k in range(247))
    assert not citation.whole_clips(79.23, 246)
