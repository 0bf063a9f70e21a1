"""How the wrong clips can be spread over the classes, and what F1 scores that gives.

Used by `mol_jax.scoring.feasible.search`. K classes have counts c and right clips d, so r = c − d
clips of each are wrong, E in all. q wrong clips are said to be of each class: the F1 of class i is
then 2d/(c + d + q). A matrix with these margins exists if and only if q sums to E and no class has
q + r > E, because a wrong clip is of one class and said to be of another.
"""

from collections.abc import Iterator

import numpy as np

from mol_jax.scoring.feasible.right_clips import Floats, Ints

FREE = 5  # classes whose spread is searched without a gap


def greatest(counts: Ints, right: Ints, weight: Floats) -> Floats:
    """Returns the greatest weighted F1 of each row of right [M, K].

    F1 is convex in q, so it is greatest at a corner, where all errors are said to be of one class
    a, and a's own of one class b.
    """
    wrong = counts - right
    errors = wrong.sum(1)
    gain, said = 2 * weight * right, counts + right
    base = gain / said
    best = np.full(len(right), -np.inf)
    for a in range(len(counts)):
        for b in set(range(len(counts))) - {a}:
            first = gain[:, a] / (said[:, a] + errors - wrong[:, a])
            second = gain[:, b] / (said[:, b] + wrong[:, a])
            best = np.maximum(best, base.sum(1) - base[:, a] - base[:, b] + first + second)
    return best


def least(counts: Ints, right: Ints, weight: Floats) -> Floats:
    """Returns no more than the least weighted F1 of each row of right [M, K].

    It is the dual of a convex problem, and a bound whatever the multiplier: 50 halvings bring it as
    close to the least of real numbers as floats can.
    """
    wrong = counts - right
    errors = wrong.sum(1, keepdims=True)
    gain, said, most = 2 * weight * right, counts + right, errors - wrong
    low, high = np.full(errors.shape, -40.0), np.full(errors.shape, 2.0)  # log of the multiplier
    for _ in range(50):
        middle = (low + high) / 2
        taken = np.clip(np.sqrt(gain / np.exp(middle)) - said, 0, most).sum(1, keepdims=True)
        low, high = np.where(taken > errors, middle, low), np.where(taken > errors, high, middle)
    price = np.exp(high)
    taken = np.clip(np.sqrt(gain / price) - said, 0, most)
    return (gain / (said + taken) + price * taken).sum(1) - (price * errors)[:, 0]


def some_spread(wrong: Ints) -> Ints:
    """Returns a spread of the errors that is possible: most are said to be of one class."""
    errors, at = int(wrong.sum()), int(np.argmin(wrong))
    spread = np.zeros_like(wrong)
    spread[at] = errors - wrong[at]
    spread[at - 1] += wrong[at]
    return spread


def spreads(wrong: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yields pairs of lists of spreads: of the first classes [A, k] and of the others [B, K − k].

    Every pair of one from each list is possible, and together they are all that are. With more
    than 5 classes the first ones are drawn at random instead, and there are more.
    """
    errors = int(wrong.sum())
    most = errors - wrong
    if len(wrong) > FREE:
        yield from _drawn(most, errors)
        return
    if len(wrong) <= 3:
        yield _parts(most, errors), np.zeros((1, 0), np.int64)
        return
    for total in range(errors + 1):
        left, right = _parts(most[:2], total), _parts(most[2:], errors - total)
        if len(left) and len(right):
            yield left, right


def _drawn(most: Ints, errors: int, tries: int = 50) -> Iterator[tuple[Ints, Ints]]:
    """Yields spreads of some classes drawn at random, with all spreads of the last three."""
    rng, fixed = np.random.default_rng(0), len(most) - 3
    for _ in range(tries):
        share = rng.dirichlet(np.ones(len(most)))
        left = np.minimum((share[:fixed] * errors).astype(np.int64), most[:fixed])
        right = _parts(most[fixed:], errors - int(left.sum()))
        if len(right):
            yield left[None], right


def _parts(most: Ints, total: int) -> Ints:
    """Returns all ways [P, k] to spread a total over k classes that take no more than `most`."""
    tops = [np.arange(min(int(top), total) + 1) for top in most[:-1]]
    if not tops:
        return np.array([[total]] if total <= most[0] else [], np.int64).reshape(-1, 1)
    grid = np.stack(np.meshgrid(*tops, indexing="ij"), -1).reshape(-1, len(tops))
    last = total - grid.sum(1)
    keep = (last >= 0) & (last <= most[-1])
    return np.column_stack((grid, last))[keep]


def matrix_of(right: Ints, wrong: Ints, spread: Ints) -> Ints:
    """Returns a confusion matrix with these right clips, wrong clips and wrong predictions.

    One wrong clip after another is placed, always of or at the class that has most left to place.
    """
    matrix, rows, columns = np.diag(right), wrong.copy(), spread.copy()
    while rows.sum():
        left = rows + columns
        at = int(np.argmax(left))
        others = columns if rows[at] else rows
        allowed = np.where((others > 0) & (np.arange(len(left)) != at), left, -1)
        other = int(np.argmax(allowed))
        i, j = (at, other) if rows[at] else (other, at)
        matrix[i, j] += 1
        rows[i] -= 1
        columns[j] -= 1
    assert (rows == 0).all() and (columns == 0).all() and (matrix >= 0).all()
    return matrix
