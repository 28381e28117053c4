"""Start the dashboard: `python serve.py`, or `streamlit run serve.py`.

PORT (8501) and HOST (127.0.0.1, this machine only) come from the environment. HOST=0.0.0.0 opens the dashboard
to the office's network.

The folder `pages/` is why this file exists. Beside an entry script, a folder of that name wakes up Streamlit's old
multipage mode until `st.navigation` has run once: the first visitor after a restart whose address equals the file
name of a page would get that file alone, without language, filters or banner. `dashboard.py` cannot prevent this,
because it does not run in that case. Here the mode is switched off before the server takes a visitor.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = "8501"
EVERY_ADDRESS = {"0.0.0.0", "::"}
UNUSABLE = 2


class Unusable(Exception):
    """What was asked for cannot be served; the text says why, in both languages."""


def ignore_pages_folder() -> None:
    """Keep Streamlit from treating `pages/` as an application of its own."""
    PagesManager.uses_pages_directory = False


def port_from(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Unusable(
            f"PORT={text!r} không phải là số cổng từ 1 đến 65535.\n"
            f"PORT={text!r} is not a port number from 1 to 65535."
        )
    return int(text)


def check_free(host: str, port: int) -> None:
    """Find out whether the address can be taken, before Streamlit is asked to."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise Unusable(refusal(host, port, error)) from error


def refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return (
            f"Cổng {port} đang được một chương trình khác sử dụng. "
            f"Hãy dừng chương trình đó hoặc chọn cổng khác: make run PORT={other}\n"
            f"Port {port} is in use by another program. "
            f"Stop that program or choose another port: make run PORT={other}"
        )
    return (
        f"Không mở được {host}:{port} ({error.strerror}). Hãy kiểm tra HOST và PORT.\n"
        f"Cannot listen on {host}:{port} ({error.strerror}). Check HOST and PORT."
    )


@asynccontextmanager
async def announce(_: st.App) -> AsyncIterator[None]:
    """Print where the dashboard is, once it is there."""
    host = config.get_option("server.address") or "localhost"
    port = config.get_option("server.port")
    shown = "localhost" if host in EVERY_ADDRESS else f"[{host}]" if ":" in host else host
    print(f"Bảng điều khiển đang chạy · The dashboard is running: http://{shown}:{port}", flush=True)
    print("Dừng bằng Ctrl+C · Stop with Ctrl+C", flush=True)
    yield


ignore_pages_folder()
app = st.App(Path(__file__).resolve().with_name("dashboard.py"), lifespan=announce)


def main() -> int:
    host = os.environ.get("HOST") or DEFAULT_HOST
    try:
        port = port_from(os.environ.get("PORT") or DEFAULT_PORT)
        check_free(host, port)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return UNUSABLE
    app.run(config={"server.address": host, "server.port": port})
    return 0


if __name__ == "__main__":
    sys.exit(main())
