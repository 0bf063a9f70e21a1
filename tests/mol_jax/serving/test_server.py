"""Where the page is served, and what stands in the way of it; no Gradio is needed for that."""

import importlib.util
import socket

import pytest

from mol_jax.errors import UserError
from mol_jax.serving import server


@pytest.fixture
def taken():
    with socket.socket() as one:
        one.bind((server.HOST, 0))
        one.listen()
        yield one.getsockname()[1]


def test_without_gradio_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r'not installed: run pip install -e "\.\[serve\]"'):
        server.refuse_without_gradio()


def test_a_port_that_is_taken_or_none_is_refused(taken):
    with pytest.raises(UserError, match=f"port {taken} cannot be had .*another with --port"):
        server.listening(taken)
    for wrong in (0, -1, 65536):
        with pytest.raises(UserError, match=f"--port is {wrong}, expected a number from 1"):
            server.listening(wrong)


def test_the_usual_port_gives_way_where_it_is_taken_and_is_of_this_machine_alone(
    taken, monkeypatch
):
    monkeypatch.setattr(server, "PORT", taken)
    with server.listening(None) as one:
        host, port = one.getsockname()
    assert host == "127.0.0.1" and port != taken
