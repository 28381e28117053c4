"""What holds the project together: locked packages, settings, the launcher."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.serving import ROOT, start_server, visit

LOCKS = ("requirements.txt", "requirements-dev.txt")
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
# Folders of the machines this was written and checked on, where no other character makes them part of an address.
MACHINE_PATH = re.compile(r"(?<![\w.:/~-])/(?:work|tmp|root|home|Users)/|\.\./shared\b")


def pins(lock: str) -> dict[str, str]:
    """Package and marker -> the requirement with its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {line.split(" --hash")[0].strip(): line for line in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes_and_from_no_named_place(lock: str) -> None:
    for name, line in pins(lock).items():
        assert "==" in name, line
        assert "--hash=sha256:" in line, line
    assert not re.search(r"://|--(extra-)?index-url|--find-links|^-", (ROOT / lock).read_text(), re.MULTILINE)


def test_tests_run_with_the_packages_that_visitors_get() -> None:
    assert set(pins("requirements.txt")) <= set(pins("requirements-dev.txt"))


def test_the_two_settings_that_make_reruns_fast() -> None:
    assert CONFIG["runner"]["postScriptGC"] is False
    assert CONFIG["server"]["fileWatcherType"] == "none"


def test_streamlit_asks_nobody_on_the_internet() -> None:
    assert CONFIG["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}
    assert "http" not in str(CONFIG["theme"])


def test_each_font_of_the_theme_is_in_the_project_and_small() -> None:
    files = [ROOT / face["url"].removeprefix("app/") for face in CONFIG["theme"]["fontFaces"]]
    assert all(file.read_bytes().startswith(b"wOF2") for file in files)
    assert sum(file.stat().st_size for file in files) < 400_000
    assert (ROOT / "static" / "fonts" / "OFL.txt").is_file()


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ink", ["textColor", "linkColor", "primaryColor"])
def test_words_can_be_read_on_every_ground(mode: str, ink: str) -> None:
    theme = CONFIG["theme"][mode]
    grounds = [
        section[name] for section in (theme, theme["sidebar"]) for name in section if "ackgroundC" in name
    ]
    assert len(grounds) >= 4
    for ground in grounds:
        assert contrast(theme[ink], ground) >= 4.5, (ink, ground)


def test_the_accent_is_lacquer_red() -> None:
    assert CONFIG["theme"]["light"]["primaryColor"] == "#9E1B32"


def test_no_file_names_a_place_on_one_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match.group()}" for match in MACHINE_PATH.finditer(text)]
    assert not found


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """Our launcher and settings around an entry script with one page, in a folder with a space in its name."""
    project = tmp_path / "dự án nhỏ"
    pages = project / "pages"
    pages.mkdir(parents=True)
    shutil.copy(ROOT / "serve.py", project)
    shutil.copytree(ROOT / ".streamlit", project / ".streamlit")
    (project / "dashboard.py").write_text(
        "import streamlit as st\n"
        "st.write('BANNER')\n"
        "st.navigation([st.Page('pages/overview.py', title='Tổng quan', url_path='tong-quan')]).run()\n",
        encoding="utf-8",
    )
    (pages / "overview.py").write_text("import streamlit as st\nst.write('PAGE')\n", encoding="utf-8")
    return project


@pytest.mark.parametrize("address", ["overview", "tong-quan", ""])
def test_the_first_visitor_after_a_restart_gets_the_whole_dashboard(
    small_project: Path, tmp_path: Path, address: str
) -> None:
    """The trap of a folder `pages/`: an address equal to a page's file name must not run that file alone."""
    server = start_server(small_project, tmp_path / "log.txt")
    try:
        shown = str(visit(server, address))
    finally:
        server.stop()
    assert "BANNER" in shown


def serve(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "serve.py"],
        cwd=ROOT,
        env={"PATH": "", "PYTHONIOENCODING": "utf-8", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_said_in_both_languages() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = serve(PORT=str(port))
    assert done.returncode == 2
    assert f"Cổng {port} đang được một chương trình khác sử dụng" in done.stderr
    assert f"Port {port} is in use" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "８５０１"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    done = serve(PORT=port)
    assert done.returncode == 2
    assert "is not a port number" in done.stderr
