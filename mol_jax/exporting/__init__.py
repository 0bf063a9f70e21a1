"""A trained run as one file that other programs call, a model card and an example beside it."""
