"""A command line whose mistakes are one sentence."""

import argparse
import re
from typing import NoReturn

from mol_jax.errors import UserError


class Parser(argparse.ArgumentParser):
    """Raises UserError where argparse would print its usage and exit."""

    def error(self, message: str) -> NoReturn:
        # What argparse says of --overwrite=yes names no cure.
        given = re.fullmatch(r"argument (.*): ignored explicit argument (.*)", message)
        if given:
            message = f"{given[1]} takes no value, got {given[2]}: leave it out"
        raise UserError(f"{message}; see {self.prog} --help")
