"""A command line whose mistakes are one sentence."""

import argparse
from typing import NoReturn

from mol_jax.errors import UserError


class Parser(argparse.ArgumentParser):
    """Raises UserError where argparse would print its usage and exit."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see {self.prog} --help")
