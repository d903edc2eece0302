"""`icelines serve`: the STAC API, the site and the review desk on this machine."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import signal
import socket
from typing import TYPE_CHECKING

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import say, show_result, warn
from catalog.errors import SettingsError, StorageError

if TYPE_CHECKING:
    from catalog.store import CatalogStore
    from web.api.exposure import Exposure
    from web.review.desk import Desk

DEFAULT_PORT = 8765
BACKLOG = 2048
LONGEST_FAREWELL_S = 5


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True,
              help="Port; 0 takes any that is free.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--state", type=click.Choice(["released", "working"]), default="released",
              show_default=True, help="What is published, or everything as it is now.")  # fmt: skip
@click.option("--public-url", metavar="URL", help="Address that links are written with.")
@json_option
@pass_context
def serve(
    context: CommandContext,
    port: int,
    host: str,
    state: str,
    public_url: str | None,
    as_json: bool,
) -> None:
    """Serve the STAC API at /stac, the site at / and the review desk at /review.

    \b
    Example:
      icelines serve --state working --port 8765
    """
    from web.api.exposure import Exposure, State

    seen = State(state)
    if seen is State.WORKING:
        _refuse_the_open(host)
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(context.open_store())
        listening = stack.enter_context(contextlib.closing(_listen(host, port)))
        own_url = _own_url(host, listening)
        configured = context.settings.public_url if seen is State.RELEASED else None
        exposure = Exposure(seen, (public_url or configured or own_url).rstrip("/"))
        desk = _open_desk(context, store, stack) if _is_private(exposure, host) else None
        _announce(exposure, own_url, desk, as_json=as_json)
        _remark(store, exposure, desk)
        _run(context, store, exposure, listening, desk)
    say("Stopped.")


def _is_private(exposure: Exposure, host: str) -> bool:
    """Whether a password can be typed without that others on the way read it."""
    return exposure.public_url.startswith("https:") or _is_loopback(host)


def _open_desk(context: CommandContext, store: CatalogStore, stack: contextlib.ExitStack) -> Desk:
    from web.review.desk import Desk
    from web.review.passwords import Passwords
    from web.review.register import Register

    register = stack.enter_context(contextlib.closing(Register.open(context.settings)))
    return Desk(store, register, Passwords())


def _run(
    context: CommandContext,
    store: CatalogStore,
    exposure: Exposure,
    listening: socket.socket,
    desk: Desk | None,
) -> None:
    import uvicorn

    from web.app import build_app

    app = build_app(store, context.settings.workspace, exposure, desk)
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LONGEST_FAREWELL_S,
    )
    # uvicorn ends what is under way and then raises the signal again: both end this well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


def _refuse_the_open(host: str) -> None:
    if not _is_loopback(host):
        raise SettingsError(
            "The working state is for this machine only.",
            where=f"--host {host}",
            remedy="Leave --host out, or serve what is published (--state released).",
        )


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise SettingsError(
            f"There is no such address ({error}).", where=f"--host {host}"
        ) from error
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise _cannot_listen(host, port, error) from error
    return listening


def _cannot_listen(host: str, port: int, error: OSError) -> StorageError | SettingsError:
    place = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        remedy = "Stop the other program, or take another port: --port 0 takes any that is free."
        return SettingsError("Another program listens there.", where=place, remedy=remedy)
    fault = f"Cannot listen there ({error.strerror})."
    return SettingsError(fault, where=place, remedy="Choose another --host or --port.")


def _own_url(host: str, listening: socket.socket) -> str:
    port = listening.getsockname()[1]
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        if address.is_unspecified:  # 0.0.0.0 is no place that a link could lead to
            return f"http://127.0.0.1:{port}"
        if address.version == 6:
            return f"http://[{address}]:{port}"
    return f"http://{host}:{port}"


def _announce(exposure: Exposure, own_url: str, desk: Desk | None, *, as_json: bool) -> None:
    document = {
        "site": f"{own_url}/",
        "stac": f"{own_url}/stac",
        "review": f"{own_url}/review/" if desk else None,
        "state": str(exposure.state),
        "public_url": exposure.public_url,
    }
    lines = [f"Site      {own_url}/", f"STAC API  {own_url}/stac   (state: {exposure.state})"]
    if desk:
        how = "" if desk.register.names() else "   (nobody yet: icelines review add-user NAME)"
        lines.append(f"Review    {own_url}/review/{how}")
    if exposure.public_url != own_url:
        lines.append(f"Links are written with {exposure.public_url}")
    show_result("\n".join([*lines, "Ctrl-C stops."]), document, as_json=as_json)


def _remark(store: CatalogStore, exposure: Exposure, desk: Desk | None) -> None:
    from web.api.exposure import State

    if desk is None:
        warn(
            "The review desk is left out: passwords would travel in the clear. "
            "Put https in front and name it with --public-url, or listen at 127.0.0.1."
        )
    if exposure.state is State.RELEASED and not store.published_versions():
        warn(
            "Nothing has been published yet, so the API is empty. "
            "`icelines serve --state working` shows everything as it is now; "
            "`icelines release publish VERSION` publishes."
        )
