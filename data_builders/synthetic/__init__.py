"""Generated micro-expressions whose landmarks and flow are known exactly."""

from data_builders.synthetic.tree import generate

__all__ = ["generate"]
