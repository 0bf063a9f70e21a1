"""The one exception a user may see.

A command catches `UserError`, prints its message as one sentence and exits with code 2. Everything
else that escapes is our bug and keeps its traceback.
"""


class UserError(ValueError):
    """Bad input. The message says what it got, what was expected, and what to do."""
