"""The graph of action units: counted by hand and in a loop, of the clips that count alone."""

import itertools

import jax
import numpy as np

from mol_jax.networks.graph_au.graph import normalised, together
from mol_jax.training import batches
from mol_jax.training.facts import fold_facts
from tests.mol_jax.networks.every import NETWORKS

# Units 0 and 1 mostly together, 2 alone, 3 never; the last clip does not count.
SHOWN = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [1, 0, 1, 1]], bool)
COUNTED = np.array([1, 1, 1, 1, 0], bool)
FACTS = jax.jit(fold_facts, static_argnums=0)


@jax.jit
def graphs(shown, counted):
    """Returns A and Â."""
    a = together(shown, counted)
    return a, normalised(a)


def literal(shown, counted):
    rows, units = shown[counted], shown.shape[1]
    a = np.zeros((units, units))
    for i, j in itertools.product(range(units), repeat=2):
        of_j = sum(row[j] for row in rows)
        both = sum(row[i] and row[j] for row in rows)
        a[i, j] = 1 if i == j else both / of_j if of_j else 0
    d = np.diag([sum(row) ** -0.5 for row in a])
    return a, (a @ d).T @ d


def test_it_is_counted_as_by_hand():
    found, _ = graphs(SHOWN, COUNTED)
    by_hand = [[1, 1, 0, 0], [2 / 3, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    np.testing.assert_allclose(found, by_hand, rtol=1e-6)


def test_it_is_the_loops_and_the_others_change_nothing():
    a, expected = literal(SHOWN, COUNTED)
    for last in ([1, 0, 1, 1], [0, 0, 0, 0]):
        shown = np.vstack([SHOWN[:4], np.array([last], bool)])
        for one, other in zip(graphs(shown, COUNTED), (a, expected), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6)
    assert not np.allclose(literal(SHOWN, np.ones(5, bool))[1], expected)
    assert not np.allclose(expected, expected.T)


def test_without_a_clip_it_is_the_identity():
    for found in graphs(SHOWN, np.zeros(5, bool)):
        np.testing.assert_array_equal(found, np.eye(4))


def graph(table):
    """Returns what is known of a fold that trains on rows 0 to 3 of 12."""
    rows = batches.fold_table(np.arange(4), size=12, seed=0, name="sub0")
    return np.asarray(FACTS(NETWORKS["graph_au"].program(), table, rows).own)


def test_a_fold_counts_its_training_rows_that_carry_units():
    table = NETWORKS["graph_au"].table()
    aus, has_aus = table.inputs["aus"], table.inputs["has_aus"]
    has_aus[:] = np.arange(12) % 4 != 2
    before = graph(table)
    np.testing.assert_allclose(before, literal(aus[:4], has_aus[:4])[1], rtol=1e-5)
    for row in (2, 4, 11):  # not coded, held in or held out
        aus[row] = ~aus[row]
    has_aus[4:] = ~has_aus[4:]
    np.testing.assert_array_equal(graph(table), before)
    aus[3] = ~aus[3]
    assert np.abs(graph(table) - before).max() > 0.01
