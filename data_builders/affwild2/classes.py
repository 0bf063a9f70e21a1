"""The expressions in the order of the label files' numbers."""

SEVEN = ("neutral", "anger", "disgust", "fear", "happiness", "sadness", "surprise")
EIGHT = (*SEVEN, "other")
