"""A network with losses of its embedding is the network, and what the classes need beside it."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn

from mol_jax import settings
from mol_jax.data.clips import Batch
from mol_jax.errors import UserError
from mol_jax.networks import metric_losses
from mol_jax.networks.classification import Classified
from mol_jax.networks.metric import MetricNetwork, with_metric
from mol_jax.networks.network import Network, Predicted
from mol_jax.training import step
from mol_jax.training.batches import fold_table
from tests.mol_jax import tiny
from tests.mol_jax.networks.every import NETWORKS

LABEL = np.array([0, 1, 0, 2, 1, 0], np.int32)
ALL = {"loss.center": 0.003, "loss.triplet": 0.5, "loss.cosface": 2.0}


class Plain(nn.Module):
    @nn.compact
    def __call__(self, x, *, train, rate):
        scale = self.param("scale", nn.initializers.normal(), (1, 3))  # of the root's own draws
        x = nn.BatchNorm(use_running_average=not train)(nn.Dense(4)(x * scale))
        return Classified(nn.Dense(3)(x) * (1 + rate), x)


@dataclasses.dataclass(frozen=True)
class PlainNetwork(Network):
    arguments = ("rate",)
    apart: bool = False

    def inputs(self, batch, facts):
        return batch.inputs["x"]

    def losses(self, outputs, batch, scalars, facts):
        return {"mer": outputs.logits.sum(-1)}

    def predict(self, outputs, batch, facts):
        return Predicted(jax.nn.softmax(outputs.logits))

    def start(self, params, facts):
        return params | {"scale": params["scale"] + 1}

    def rates(self, params, rate, scalars):
        return jax.tree.map(lambda _: 2 * rate, params) if self.apart else None


def batch() -> Batch:
    x = jnp.asarray(np.random.default_rng(0).normal(size=(6, 3)), jnp.float32)
    return Batch(None, None, None, jnp.asarray(LABEL), {"x": x})


def config(**changes):
    return tiny.config(**{"model.network": "ststnet", **changes})


def made(network: Network):
    """Returns the variables of a network, and what it makes of `batch` in training."""
    module, given = network.module, network.inputs(batch(), None)

    @jax.jit
    def run():
        variables = module.init(jax.random.key(0), given, train=False, rate=0.0)
        trained = module.apply(variables, given, train=True, rate=0.5, mutable=["batch_stats"])
        return variables, trained[0]

    return run()


@pytest.fixture(scope="module")
def both():
    """Returns a network and that network with every loss, each with what `made` returns."""
    own = PlainNetwork(Plain())
    more = with_metric(own, config(**ALL), 3)
    return own, made(own), more, made(more)


def terms(network, outputs, **changes):
    return losses(network, outputs, settings.scalars(config(**ALL | changes)))


@functools.partial(jax.jit, static_argnums=0)
def losses(network, outputs, scalars):
    return network.losses(outputs, batch(), scalars, None)


def test_where_all_weigh_0_it_is_the_network_itself():
    own = PlainNetwork(Plain())
    assert with_metric(own, config(), 3) is own
    assert not {"center", "triplet", "cosface"} & settings.scalars(config()).keys()
    for name in ALL:
        made_of = with_metric(own, config(**{name: 0.1}), 3)
        assert made_of.terms == (name.removeprefix("loss."),) and made_of != own
        assert hash(made_of) == hash(with_metric(own, config(**{name: 0.2}), 3))  # traced


def test_its_own_variables_are_drawn_as_without_them(both):
    _, (variables, _), _, (more, _) = both
    params = dict(more["params"])
    centres, directions = params.pop("class_centres"), params.pop("class_directions")
    jax.tree.map(np.testing.assert_array_equal, params, variables["params"])
    jax.tree.map(np.testing.assert_array_equal, more["batch_stats"], variables["batch_stats"])
    assert centres.shape == directions.shape == (3, 4)
    assert not centres.any() and len(np.unique(directions)) == 12


def test_its_terms_stand_beside_its_own_and_weigh_what_is_asked_for(both):
    own, (_, alone), more, (variables, outputs) = both
    found = terms(more, outputs)
    assert {*found} == {"mer", "center", "triplet", "cosface"}
    np.testing.assert_array_equal(found["mer"], own.losses(alone, batch(), {}, None)["mer"])
    z, of = alone.embedding, variables["params"]
    cosface = functools.partial(metric_losses.cosface, scale=30.0, margin=0.35)
    expected = {
        "center": 0.003 * jax.jit(metric_losses.center)(z, LABEL, of["class_centres"]),
        "triplet": 0.5 * jax.jit(metric_losses.triplet)(z, LABEL, 0.2),
        "cosface": 2.0 * jax.jit(cosface)(z, LABEL, of["class_directions"]),
    }
    for name, each in expected.items():
        np.testing.assert_allclose(found[name], each, rtol=1e-5)
        assert np.abs(each).max() > 1e-3


@pytest.mark.parametrize(
    ("field", "value", "term"),
    [
        ("loss.center", 0.5, "center"),
        ("loss.triplet", 0.25, "triplet"),
        ("loss.triplet_margin", 0.7, "triplet"),
        ("loss.cosface", 0.5, "cosface"),
        ("loss.cosface_scale", 7.0, "cosface"),
        ("loss.cosface_margin", 0.1, "cosface"),
    ],
)
def test_each_number_changes_its_term(both, field, value, term):
    *_, more, (_, outputs) = both
    before, after = terms(more, outputs), terms(more, outputs, **{field: value})
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert changed == {term}


def test_it_predicts_starts_and_learns_as_the_network(both):
    own, (variables, alone), more, (with_classes, outputs) = both
    found = more.predict(outputs, batch(), None).probabilities
    np.testing.assert_array_equal(found, own.predict(alone, batch(), None).probabilities)
    started = more.start(with_classes["params"], None)
    np.testing.assert_array_equal(started["scale"], variables["params"]["scale"] + 1)
    assert started.keys() == with_classes["params"].keys()
    assert more.rates(started, 0.1, {}) is None and more.arguments == ("rate",)
    two = with_metric(PlainNetwork(Plain(), apart=True), config(**ALL), 3)
    rates = two.rates(started, 0.1, {})
    assert jax.tree.structure(rates) == jax.tree.structure(started)
    assert (rates["scale"], rates["class_centres"]) == (0.2, 0.1)


def test_a_network_without_an_embedding_is_refused():
    class Bare(nn.Module):
        @nn.compact
        def __call__(self, x, *, train, rate):
            return nn.Dense(3)(x)

    network = with_metric(PlainNetwork(Bare()), config(**{"loss.triplet": 1.0}), 3)
    with pytest.raises(UserError, match=r"loss\.triplet is above 0, but .* returns no embedding"):
        made(network)


SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in ("frl_dgt", "mol")]


@pytest.mark.parametrize("name", ["ststnet", *SLOW])
def test_a_network_of_the_package_trains_with_them(name):
    """Traced, not compiled: its terms are those of history.csv."""
    case = NETWORKS[name]
    program = case.program(**ALL)
    assert isinstance(program.network, MetricNetwork)
    fold = fold_table(np.arange(8), size=12, seed=0, name="sub0")
    scalars, table = settings.scalars(case.config(**ALL)), case.table()
    state = jax.eval_shape(functools.partial(step.init_fold, program), scalars, table, fold)
    train = functools.partial(step.train_step, program)
    after, metrics = jax.eval_shape(train, scalars, table, fold, state)
    assert {"mer", "center", "triplet", "cosface"} <= metrics.terms.keys()
    assert after.params["class_centres"].shape == after.params["class_directions"].shape
    assert "class_centres" not in case.program(**{"loss.triplet": 1.0}).network.terms
