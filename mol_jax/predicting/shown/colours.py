"""Colours that survive colour blindness, for pictures of what is predicted: Okabe and Ito's."""

from PIL import ImageColor

# Okabe and Ito 2008, without black and the grey of what is still.
OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
DETECTED, PREDICTED, FILLED = "#56B4E9", "#F0E442", "#BBBBBB"  # landmarks; also told by their shape
SPOTTED, MARK = "#D55E00", "#E69F00"
INK, PAPER = "#EEEEEE", "#141414"  # of a video's foot


def of_class(number: int) -> str:
    """Returns the colour of a class; there are seven, and each class is named beside its own."""
    return OKABE_ITO[number % len(OKABE_ITO)]


def rgb(colour: str) -> tuple[int, int, int]:
    """Returns red, green and blue of "#RRGGBB", 0 to 255."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue
