"""Commands that start more than one config."""
