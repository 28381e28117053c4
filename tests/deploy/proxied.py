"""The real nginx configuration of deploy/nginx, started for a test on loopback ports, without root."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.install import find
from tests.serving import ROOT, Server, free_port, healthy, start_server

CONFIGURATION = ROOT / "deploy" / "nginx"
NAMES = ("dashboard-1", "dashboard-2", "dashboard-3")
UNSAFE = ssl._create_unverified_context()  # the certificate is the test's own


@dataclass
class Proxy:
    """A running nginx; ``url`` is its address over TLS."""

    url: str
    plain_url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=15)

    def log(self) -> str:
        return (self.folder / "error.log").read_text(encoding="utf-8", errors="replace")


def laid_out(folder: Path, replicas: Sequence[str], tls: int, plain: int) -> Path:
    """The configuration with this machine's ports and folders, for as many replicas; nothing else is changed."""
    shutil.copytree(CONFIGURATION, folder, dirs_exist_ok=True)
    (folder / "cache").mkdir()
    swaps = {
        "/var/cache/nginx": str(folder / "cache"),
        "error_log stderr": f"error_log {folder / 'error.log'}",
        "/dev/stdout": str(folder / "access.log"),
        "/etc/nginx/tls": str(folder / "tls"),
        "listen 8080": f"listen 127.0.0.1:{plain}",
        "listen 8443": f"listen 127.0.0.1:{tls}",
        **{f"{name}:8501": address for name, address in zip(NAMES, replicas, strict=False)},
    }
    for file in folder.rglob("*.conf"):
        text = file.read_text(encoding="utf-8")
        for name in NAMES[len(replicas) :]:
            text = without(text, name)
        for before, after in swaps.items():
            text = text.replace(before, after)
        file.write_text(text, encoding="utf-8")
    certificate(folder / "tls")
    return folder / "nginx.conf"


def without(text: str, name: str) -> str:
    """The configuration without one of the replicas, as an operator would take it out."""
    number = name.rpartition("-")[2]
    text = re.sub(rf"upstream only-{number} \{{.+?\n\}}\n", "", text, flags=re.S)
    return re.sub(rf"^.*\b{name}\b.*\n", "", text, flags=re.M)


def certificate(folder: Path) -> None:
    folder.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def checked(configuration: Path) -> str:
    """What `nginx -t` says of a configuration; raises where it refuses it."""
    nginx = find()
    assert nginx is not None
    command = [nginx, "-t", "-p", str(configuration.parent), "-c", str(configuration)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def start_proxy(folder: Path, replicas: Sequence[str]) -> Proxy:
    """nginx before the replicas, whose addresses are host:port."""
    nginx = find()
    assert nginx is not None
    tls, plain = free_port(), free_port()
    configuration = laid_out(folder, replicas, tls, plain)
    own = "daemon off;" + (
        " user root;" if os.geteuid() == 0 else ""
    )  # else its workers may not enter the test's folder
    process = subprocess.Popen(
        [nginx, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log"), "-g", own],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    proxy = Proxy(f"https://127.0.0.1:{tls}", f"http://127.0.0.1:{plain}", folder, process)
    until = time.monotonic() + 15
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{proxy.url}/nginx-health", timeout=2, context=UNSAFE):
                return proxy
        except OSError:
            time.sleep(0.05)
    proxy.stop()
    raise RuntimeError(f"nginx did not start:\n{proxy.log()}")


def start_replica(number: int, logs: Path, warehouse: Path, port: int | None = None, **own: str) -> Server:
    """One of several servers. All share the secret that signs cookies."""
    settings = {
        "WAREHOUSE_DIR": str(warehouse), "REPLICA": NAMES[number], "METRICS": "1", "LOG_FORMAT": "json",
        "STREAMLIT_SERVER_COOKIE_SECRET": "shared by the replicas of a test", **own,
    }  # fmt: skip
    log = logs / f"{NAMES[number]}.log"
    if port is None:
        return start_server(ROOT, log, **settings)
    return start_again(log, port, settings)


def start_again(log: Path, port: int, settings: dict[str, str]) -> Server:
    """A server at the port where it was before."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "serve.py"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "HOST": "127.0.0.1", "PORT": str(port), **settings},
        )  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", log, process)
    if not healthy(server):
        server.stop()
        raise RuntimeError(f"serve.py did not start again:\n{server.text()}")
    return server
