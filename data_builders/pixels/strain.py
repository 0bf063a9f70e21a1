"""Optical strain: how much the skin is stretched or sheared, whatever the head does."""

import numpy as np


def optical_strain(flow: np.ndarray) -> np.ndarray:
    """Magnitude of the strain of a flow.

    With e = (∇w + ∇wᵀ) / 2 of the flow w = (u, v) it is √(e_xx² + e_yy² + 2 e_xy²): a shift of the
    whole face gives 0, and so, to first order, does its rotation. Derivatives are central
    differences, one-sided at the image's border.

    Args:
      flow: [..., H, W, 2] (u, v) px, at least 2 px high and wide.

    Returns:
      float32 [..., H, W], px per px.
    """
    u, v = np.moveaxis(flow.astype(np.float32), -1, 0)
    u_y, u_x = np.gradient(u, axis=(-2, -1))
    v_y, v_x = np.gradient(v, axis=(-2, -1))
    return np.sqrt(u_x**2 + v_y**2 + 0.5 * (u_y + v_x) ** 2)
