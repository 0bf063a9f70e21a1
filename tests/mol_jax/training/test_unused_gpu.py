"""Who has a GPU and not the JAX for it is told; who wants the CPU is not."""

import pytest

from mol_jax.training import unused_gpu


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """A machine whose driver lists one GPU."""
    (tmp_path / "gpus" / "0000:01:00.0").mkdir(parents=True)
    monkeypatch.setattr(unused_gpu, "SIGNS", (str(tmp_path / "gpus"),))
    monkeypatch.delenv("JAX_PLATFORMS", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return tmp_path / "gpus"


def test_an_idle_gpu_is_named_with_what_to_install(driver):
    assert 'pip install -e ".[cuda13]" in this project' in unused_gpu.note("cpu")
    assert unused_gpu.note("gpu") == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("JAX_PLATFORMS", "cpu"), ("CUDA_VISIBLE_DEVICES", ""), ("CUDA_VISIBLE_DEVICES", "-1")],
)
def test_who_chose_the_cpu_is_left_alone(driver, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert unused_gpu.note("cpu") == ""


@pytest.mark.parametrize("asked", ["cuda,cpu", "gpu,cpu", "CUDA,cpu"])
def test_who_asked_for_a_gpu_first_is_told_that_it_is_the_cpu(driver, monkeypatch, asked):
    next(driver.iterdir()).rmdir()
    monkeypatch.setenv("JAX_PLATFORMS", asked)
    assert unused_gpu.note("cpu") == (
        f"NOTE: JAX_PLATFORMS={asked} asks for a GPU first, and JAX sees none here: everything is "
        "computed on the CPU."
    )
    assert unused_gpu.note("gpu") == ""
    monkeypatch.setenv("JAX_PLATFORMS", "cpu,cuda")
    assert unused_gpu.note("cpu") == ""


def test_a_driver_without_a_gpu_is_none(driver):
    next(driver.iterdir()).rmdir()
    assert unused_gpu.note("cpu") == ""
    driver.rmdir()
    assert unused_gpu.note("cpu") == ""
