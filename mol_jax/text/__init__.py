"""Words, names, figures and tables as text: how each is written, in one place."""
