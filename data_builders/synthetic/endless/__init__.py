"""Faces without end: aligned examples drawn one by one, each of its number alone."""

from data_builders.synthetic.endless.stream import Endless
from data_builders.synthetic.endless.variety import Variety

__all__ = ["Endless", "Variety"]
