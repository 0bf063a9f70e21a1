"""Every lowering is the same convolution, in value and in both gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mol_jax.networks import convolutions, windows

# size, stride, padding, side, inputs, outputs: every kind in the model, and odd remainders
CASES = [
    (1, 1, 0, 5, 3, 4),
    (2, 2, 1, 7, 3, 5),
    (3, 1, 0, 6, 2, 4),
    (3, 1, 0, 6, 4, 2),
    (3, 1, 1, 5, 2, 4),
    (3, 1, 1, 5, 4, 2),
    (3, 2, 1, 2, 3, 4),
    (3, 1, 1, 1, 3, 2),
    (4, 2, 0, 9, 1, 2),
    (6, 2, 2, 12, 1, 3),
]


def _normal(seed, shape):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def _assert_same(apply, reference, x, kernel):
    """Equal outputs, and equal gradients of both arguments against a random direction."""

    @jax.jit
    def both(x, kernel):
        outputs = []
        for function in (apply, reference):
            y, pull = jax.vjp(function, x, kernel)
            outputs.append((y, *pull(jnp.cos(jnp.arange(y.size, dtype=y.dtype)).reshape(y.shape))))
        return outputs

    for found, expected in zip(*both(x, kernel), strict=True):
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, atol=2e-5 * float(jnp.abs(expected).max()))


@pytest.mark.parametrize(("size", "stride", "padding", "side", "inputs", "outputs"), CASES)
def test_conv_lowerings_agree(size, stride, padding, side, inputs, outputs):
    def apply(lowering):
        return lambda x, k: convolutions.conv(
            x, k, stride=stride, padding=padding, lowering=lowering
        )

    x, kernel = _normal(1, (2, side, side + 2, inputs)), _normal(2, (size, size, inputs, outputs))
    _assert_same(apply("patches"), apply("lax"), x, kernel)


def jax_own(x, kernel):
    """`conv_transpose` with the gradients that JAX derives."""
    return lax.conv_transpose(x, kernel[::-1, ::-1], (2, 2), [(2, 2)] * 2)


@pytest.mark.parametrize(("height", "width", "outputs"), [(1, 1, 2), (3, 4, 2), (3, 2, 5)])
def test_transposed_lowerings_agree(height, width, outputs):
    x, kernel = _normal(1, (2, height, width, 3)), _normal(2, (4, 4, 3, outputs))
    for lowering in ("lax", "patches"):
        apply = lambda x, k, how=lowering: convolutions.conv_transpose(x, k, lowering=how)  # noqa: E731
        _assert_same(apply, jax_own, x, kernel)


def plain(apply, x, kernel, grad):
    return jax.vjp(apply, x, kernel)[1](grad)


def mapped(apply, x, kernel, grad):
    """Every pixel row of a batch with a kernel of its own, as replicas have."""
    kernels = jnp.stack([kernel, 2 * kernel])
    return jax.vmap(lambda *each: plain(apply, *each))(x[:, None], kernels, grad[:, None])


def looped(apply, x, kernel, grad):
    def body(kernel, _):
        of_x, of_kernel = plain(apply, x, kernel, grad)
        return kernel + of_kernel, of_x

    return lax.scan(body, kernel, length=2)


@pytest.mark.parametrize("how", [plain, mapped, looped])
def test_transposed_gradients_are_jaxs_own(how):
    with jax.enable_x64(True):
        rng = np.random.default_rng(1)
        x, kernel = rng.normal(size=(2, 3, 5, 3)), rng.normal(size=(4, 4, 3, 2))
        given = (jnp.asarray(x), jnp.asarray(kernel), jnp.asarray(rng.normal(size=(2, 6, 10, 2))))

        def ours(x, kernel):
            return convolutions.conv_transpose(x, kernel, lowering="lax")

        found, expected = (jax.jit(how, static_argnums=0)(f, *given) for f in (ours, jax_own))
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-11)


def gradient_lines(apply, *shapes):
    """Returns the lines of the lowered gradients of both arguments that convolve or reverse."""

    def gradients(x, kernel):
        y = jax.eval_shape(apply, x, kernel)
        return jax.vjp(apply, x, kernel)[1](jnp.ones(y.shape, y.dtype))

    text = jax.jit(gradients).lower(*map(jnp.ones, shapes)).as_text()
    return [line for line in text.splitlines() if ".convolution" in line or ".reverse" in line]


def kernel_gradient(lines, kernel):
    made = f"-> tensor<{'x'.join(map(str, kernel))}xf32>"
    (line,) = (line for line in lines if ".convolution" in line and line.endswith(made))
    return line


def test_the_kernel_gradient_of_a_transposed_convolution_is_one_of_stride_two():
    def ours(x, kernel):
        return convolutions.conv_transpose(x, kernel, lowering="lax")

    shapes = (2, 5, 6, 3), (4, 4, 3, 2)
    lines = gradient_lines(ours, *shapes)
    made = kernel_gradient(lines, shapes[1])
    assert "lhs_dilate = [1, 1], rhs_dilate = [2, 2]" in made
    assert len([line for line in lines if ".convolution" in line]) == 2
    assert not any(".reverse" in line or "true" in line for line in lines)
    derived = kernel_gradient(gradient_lines(jax_own, *shapes), shapes[1])
    assert "lhs_dilate = [2, 2], rhs_dilate = [1, 1]" in derived  # what it is there to avoid


@pytest.mark.parametrize("case", CASES[1:])
def test_no_other_kernel_gradient_has_zeros_between_its_pixels(case):
    size, stride, padding, side, inputs, outputs = case

    def apply(x, kernel):
        return convolutions.conv(x, kernel, stride=stride, padding=padding, lowering="lax")

    shapes = (2, side, side, inputs), (size, size, inputs, outputs)
    made = kernel_gradient(gradient_lines(apply, *shapes), shapes[1])
    assert f"lhs_dilate = [1, 1], rhs_dilate = [{stride}, {stride}]" in made


def test_nor_has_that_of_a_convolution_over_time():
    def apply(x, kernel):
        return convolutions.conv_time(x, kernel, lowering="lax")

    shapes = (2, 7, 4, 6, 3), (5, 2, 2, 3, 4)
    made = kernel_gradient(gradient_lines(apply, *shapes), shapes[1])
    assert "lhs_dilate = [1, 1, 1], rhs_dilate = [1, 2, 2]" in made


def test_transposed_convolution_spreads_each_pixel():
    kernel = _normal(2, (4, 4, 1, 1))
    x = jnp.zeros((1, 4, 4, 1)).at[0, 1, 2, 0].set(1.0)
    y = convolutions.conv_transpose(x, kernel, lowering="patches")
    expected = np.zeros((8, 8), np.float32)
    expected[1:5, 3:7] = kernel[:, :, 0, 0]  # rows 2·1−1 … 2·1+2, columns 2·2−1 … 2·2+2
    np.testing.assert_allclose(y[0, :, :, 0], expected, atol=1e-6)


@pytest.mark.parametrize("taps", [1, 3])
def test_time_lowerings_agree(taps):
    def apply(lowering):
        return lambda x, k: convolutions.conv_time(x, k, lowering=lowering)

    x, kernel = _normal(1, (2, 4, 4, 6, 3)), _normal(2, (taps, 2, 2, 3, 5))
    _assert_same(apply("patches"), apply("lax"), x, kernel)


@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize(
    ("size", "stride", "padding"), [(3, 1, 1), (4, 2, 1), (2, 2, 1), (3, 2, 0)]
)
def test_unfold_and_fold_are_transposes(size, stride, padding, planes):
    def unfold(x):
        return windows.unfold(x, size, stride, padding, planes)

    @jax.jit  # one by one, its many slices take longer to compile
    def there_and_back(x, parts):
        taken, pull = jax.vjp(unfold, x)
        return taken, windows.fold(parts, (8, 7), size, stride, padding, planes), *pull(parts)

    x = _normal(1, (2, 3, 8, 7) if planes else (2, 8, 7, 3))
    parts = _normal(2, jax.eval_shape(unfold, x).shape)
    taken, folded, pulled = there_and_back(x, parts)
    assert jnp.vdot(taken, parts) == pytest.approx(float(jnp.vdot(x, folded)), rel=1e-4)
    np.testing.assert_array_equal(pulled, folded)


def test_patches_contain_no_convolution():
    def all_three(lowering):
        def apply(x, k3, k4, kt):
            y = convolutions.conv(x, k3, stride=2, padding=1, lowering=lowering)
            z = convolutions.conv_transpose(x, k4, lowering=lowering)
            return y.sum() + z.sum() + convolutions.conv_time(x[None], kt, lowering=lowering).sum()

        kernels = jnp.ones((3, 3, 2, 4)), jnp.ones((4, 4, 2, 3)), jnp.ones((2, 2, 2, 2, 4))
        return str(jax.make_jaxpr(jax.grad(apply, argnums=1))(jnp.ones((3, 8, 8, 2)), *kernels))

    assert "conv_general_dilated" in all_three("lax")
    assert "conv_general_dilated" not in all_three("patches")


@pytest.mark.parametrize(
    ("backend", "side", "inputs", "outputs", "is_lax"),
    [
        ("cpu", 5, 12, 4, True),
        ("cpu", 5, 2, 3, True),
        ("cpu", 4, 12, 4, False),  # 16 pixels
        ("cpu", 5, 12, 3, False),  # 4·D = C
        ("cpu", 5, 3, 2, False),
        ("cpu", 5, 1, 8, False),
        ("gpu", 4, 1, 2, True),
    ],
)
def test_auto_chooses_by_backend_and_size(monkeypatch, backend, side, inputs, outputs, is_lax):
    monkeypatch.setattr(jax, "default_backend", lambda: backend)
    x, kernel = jnp.ones((1, side, side, inputs)), jnp.ones((3, 3, inputs, outputs))
    jaxpr = str(jax.make_jaxpr(lambda x, k: convolutions.conv(x, k, padding=1))(x, kernel))
    assert ("conv_general_dilated" in jaxpr) == is_lax
    jaxpr = str(jax.make_jaxpr(convolutions.conv_transpose)(x, jnp.ones((4, 4, inputs, outputs))))
    assert ("conv_general_dilated" in jaxpr) == (backend != "cpu")


@pytest.mark.parametrize(("size", "stride"), [(4, 2), (3, 2)])
def test_a_stride_that_divides_the_kernel_makes_blocks_on_a_cpu(size, stride):
    x, kernel = jnp.ones((1, 6, 6, 8)), jnp.ones((size, size, 8, 8))
    apply = lambda x, k: convolutions.conv(x, k, stride=stride)  # noqa: E731
    jaxpr = str(jax.make_jaxpr(apply)(x, kernel))
    assert ("conv_general_dilated" in jaxpr) == (size % stride > 0)


def test_mapped_kernels_equal_kernels_in_turn():
    x, kernels = _normal(1, (3, 2, 4, 4, 5)), _normal(2, (3, 4, 4, 5, 2))
    gradient = jax.grad(
        lambda k, x: jnp.sum(convolutions.conv_transpose(x, k, lowering="patches") ** 2)
    )
    mapped = jax.vmap(gradient)(kernels, x)
    in_turn = lax.map(lambda args: gradient(*args), (kernels, x))
    np.testing.assert_allclose(mapped, in_turn, rtol=1e-4, atol=1e-3)
