"""What tests of the commands of tables call them by."""

import pytest


@pytest.fixture
def call(request, tmp_path, capsys):
    """Returns a function from flags to the exit code and what was printed; --workdir is given.

    Of the command that the test's module calls COMMAND.
    """
    command = request.module.COMMAND
    name = command.__name__.rpartition(".")[2]

    def call(*arguments):
        code = command.main([name, f"--workdir={tmp_path / name}", *arguments])
        return code, capsys.readouterr()

    return call
