"""PyTorch's MOL is ours: the same weights give the same outputs, gradients and update."""

import jax
import pytest

from benchmarks.torch_mol import steps
from mol_jax.errors import UserError
from tests.mol_jax import tiny


@pytest.mark.slow
def test_an_update_in_pytorch_is_ours(request):
    pytest.importorskip("torch")
    from benchmarks.torch_mol.agreement import agreement

    jax.clear_caches()  # they mix up what was traced with 32 and with 64 bits
    request.addfinalizer(jax.clear_caches)
    config = tiny.config(**{"data.frames": 4, "model.neighbours": 3})
    differences = agreement(config, 2)
    assert len(differences) == 7
    assert differences.pop("running statistics") < 1e-6, "kept in float32"
    assert max(differences.values()) < 1e-12, differences


def test_correlation_as_one_product_is_that_of_shifted_products():
    torch = pytest.importorskip("torch")
    from benchmarks.torch_mol import flow

    generator = torch.Generator().manual_seed(0)
    for size in (8, 24):  # below and above the reach of 20 px
        first, second = torch.randn(2, 2, 3, size, size, generator=generator, dtype=torch.float64)
        products = flow.shifted_products(first, second)
        assert products.abs().min(0).values.max() > 0
        torch.testing.assert_close(flow.correlation(first, second), products)


def test_pytorch_refuses_another_network_than_the_papers():
    pytest.importorskip("torch")
    with pytest.raises(UserError, match=r"model\.fusion is add, .* concat alone"):
        steps.step_torch(tiny.config(**{"model.fusion": "add"}), 2)


@pytest.mark.parametrize(
    ("device", "computed_on"), [("cuda", "cpu: Intel Xeon, 2 cores"), ("cpu", "gpu: NVIDIA H100")]
)
def test_both_sides_compute_on_one_kind_of_device(device, computed_on):
    with pytest.raises(UserError, match=f"--device={device} is for PyTorch, .* on {computed_on}"):
        steps.need_same(device, computed_on)
    steps.need_same("cpu" if device == "cuda" else "cuda", computed_on)


def test_without_pytorch_its_step_is_one_sentence(monkeypatch):
    monkeypatch.setattr(steps.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UserError, match=r"pip install -e \.\[benchmark\]"):
        steps.step_torch(tiny.config(), 2)


@pytest.mark.parametrize("network", ["mol", "ststnet"])
def test_an_update_in_pytorch_moves_the_loss(network):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    config = tiny.config(**{"model.network": network})
    run = steps.step_torch(config, 2, channels_last=True)
    first = run(1)
    assert first > run(20) > 0
