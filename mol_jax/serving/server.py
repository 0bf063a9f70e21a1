"""The server of the page: on this machine's own address, nothing sent out, nothing left behind."""

import errno
import importlib.util
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mol_jax.errors import UserError

if TYPE_CHECKING:
    from mol_jax.predicting.models.model import Model
    from mol_jax.predicting.predict import Which
    from mol_jax.predicting.reading.recording import Frames
    from mol_jax.predicting.result import About, Result
    from mol_jax.serving.answer import Predict

HOST, PORT = "127.0.0.1", 7860  # the port is Gradio's own
QUIET = {  # before Gradio is imported: it reports its use to its makers
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "DISABLE_TELEMETRY": "1",
}
# A browser fetches nothing for this page from anywhere else.
POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; form-action 'self'; "
    "frame-ancestors 'none'"
)
LARGEST = 4 * 10**9  # bytes of an upload, which lies in the temporary folder
PATIENCE = 60  # s until the server must have started


class Serving:
    """A context in which the page is served. url: where.

    listens: of `listening`; it is closed at the end.
    """

    def __init__(self, about: "About", predict: "Predict", listens: socket.socket):
        self._socket = listens
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self._about, self._predict = about, predict

    def __enter__(self) -> "Serving":
        self._folder = Path(tempfile.mkdtemp(prefix="mol_jax_serving_"))
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self) -> None:
        os.environ.update(QUIET | {"GRADIO_TEMP_DIR": str(self._folder / "cache")})
        import uvicorn  # noqa: PLC0415  it comes with Gradio

        app = _app(self._about, self._predict, self._folder)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        # Not the main thread: that one hears Ctrl-C.
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )
        self._thread.start()
        until = time.monotonic() + PATIENCE
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise UserError(f"the page could not be served at {self.url}: see the lines above")
            time.sleep(0.05)

    def wait(self) -> None:
        """Waits until the server has ended, which nobody but Ctrl-C makes it do."""
        while self._thread.is_alive():
            self._thread.join(0.5)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if hasattr(self, "_server"):
            self._server.should_exit = True
            self._thread.join(5)
        self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def refuse_without_gradio() -> None:
    """Raises UserError where Gradio is not installed."""
    if importlib.util.find_spec("gradio") is None:
        raise UserError(
            "--serve shows its page with Gradio, which is not installed: run "
            'pip install -e ".[serve]" in the checkout, and the same command again'
        )


def listening(port: int | None) -> socket.socket:
    """Returns a socket of this machine's own address; of None on the usual port, or a free one.

    Raises UserError where the port cannot be had.
    """
    if port is not None and not 1 <= port <= 65535:
        raise UserError(f"--port is {port}, expected a number from 1 to 65535, such as {PORT}")
    for number in (PORT, 0) if port is None else (port,):
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # not to wait after a stop
        try:
            one.bind((HOST, number))
            one.listen()
            return one
        except OSError as error:
            one.close()
            if error.errno == errno.EADDRINUSE and port is None:
                continue
            raise UserError(
                f"port {number} cannot be had ({error.strerror}): choose another with --port"
            ) from error
    raise UserError("no port of this machine is free: close a program that listens")


class Closed:
    """Adds to every answer of an ASGI application the policy that closes the page to other sites.

    Not by Starlette's decorator, which would hold back what Gradio streams.
    """

    def __init__(self, app: Any):
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes a request on."""

        async def closed(message: Any) -> None:
            if message["type"] == "http.response.start":
                policy = (b"content-security-policy", POLICY.encode())
                message = {**message, "headers": [*message["headers"], policy]}
            await send(message)

        await self._app(scope, receive, closed)


def _app(about: "About", predict: "Predict", folder: Path) -> Any:
    """Returns the application: the page, closed to every other machine and site."""
    import gradio as gr  # noqa: PLC0415  an extra, and it takes seconds
    from fastapi import FastAPI  # noqa: PLC0415
    from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: PLC0415

    from mol_jax.serving.blocks import STYLE, blocks  # noqa: PLC0415

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    # Another site's name for 127.0.0.1 must not let its scripts in.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    app.add_middleware(Closed)
    theme = gr.themes.Base(
        primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["monospace"]
    )
    return gr.mount_gradio_app(
        app,
        blocks(about, predict, folder),
        path="",
        server_name=HOST,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        allowed_paths=[str(folder)],
        max_file_size=LARGEST,
        theme=theme,
        css=STYLE,
    )


def serve(
    model: "Model",
    listens: socket.socket,
    *,
    duration: float = 0.5,
    stride: float = 0.25,
    spotter: str | None = "flow",
    say: Callable[[str], object] = print,
) -> None:
    """Serves the page of a run until Ctrl-C.

    listens: of `listening`. duration, stride, spotter: see `mol_jax.predicting.predict.predict`.
    say: is given the line that tells where the page is.
    """
    predict = of_model(model, duration=duration, stride=stride, spotter=spotter)
    with Serving(model.about, predict, listens) as serving:
        say(f"the page is at {serving.url}, for this machine alone; Ctrl-C ends it")
        serving.wait()


def of_model(model: "Model", *, duration: float, stride: float, spotter: str | None) -> "Predict":
    """Returns the function by which a page predicts with a run."""
    from mol_jax.predicting.clock import Clock  # noqa: PLC0415  with it come JAX and OpenCV
    from mol_jax.predicting.predict import predict  # noqa: PLC0415

    def of_frames(frames: "Frames", faces: "Which") -> "tuple[Result, Mapping[str, float]]":
        clock = Clock()
        result = predict(
            model,
            frames,
            duration=duration,
            stride=stride,
            faces=faces,
            spotter=spotter,
            clock=clock,
        )
        return result, clock.seconds

    return of_frames
