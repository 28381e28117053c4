"""The files of deploy/ agree with each other and with the server. No container engine runs here: they are read, not run."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl.__main__ import main as etl
from tests.deploy.install import find
from tests.deploy.proxied import NAMES, checked, laid_out
from tests.serving import ROOT
from ui import health

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
KUBERNETES: list[dict[str, Any]] = list(
    yaml.safe_load_all((DEPLOY / "kubernetes.yml").read_text(encoding="utf-8"))
)
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
NGINX = {path.name: path.read_text(encoding="utf-8") for path in sorted((DEPLOY / "nginx").rglob("*.conf"))}
OUTSIDE = {
    "PATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "MPLCONFIGDIR",
    "STREAMLIT_SERVER_COOKIE_SECRET",
}
"""Settings that Python, matplotlib and Streamlit read."""
SOURCE = "\n".join(
    path.read_text(encoding="utf-8") for path in [ROOT / "serve.py", *(ROOT / "ui").glob("*.py")]
)


def of_kind(kind: str, name: str) -> dict[str, Any]:
    return next(d for d in KUBERNETES if (d["kind"], d["metadata"]["name"]) == (kind, name))


def pod(kind: str, name: str) -> dict[str, Any]:
    spec = of_kind(kind, name)["spec"]
    found: dict[str, Any] = (spec["jobTemplate"]["spec"] if kind == "CronJob" else spec)["template"]["spec"]
    return found


def image_settings() -> dict[str, str]:
    env = CONTAINERFILE[CONTAINERFILE.index("ENV ") + 4 :]
    lines = env[: env.index("\nUSER")].replace("\\\n", " ")
    return dict(pair.split("=", 1) for pair in shlex.split(lines))


def image_volumes() -> list[str]:
    return re.findall(r'"(/[^"]+)"', re.search(r"^VOLUME (.+)$", CONTAINERFILE, re.M)[1])  # type: ignore[index]


@pytest.mark.skipif(find() is None, reason="nginx is not here")
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    replicas = [f"127.0.0.1:{port}" for port in (1, 2, 3)]
    said = checked(laid_out(tmp_path / "nginx", replicas, 8443, 8080))
    assert "warn" not in said


def test_every_setting_is_read_by_the_server() -> None:
    names = set(image_settings())
    for service in COMPOSE["services"].values():
        names |= set(service.get("environment", {}))
    names |= {entry["name"] for entry in pod("Deployment", "dashboard")["containers"][0]["env"]}
    assert [name for name in names - OUTSIDE if f'"{name}"' not in SOURCE] == []


def test_the_replicas_have_the_same_names_everywhere() -> None:
    replicas = {name for name in COMPOSE["services"] if name.startswith("dashboard-")}
    assert replicas == set(NAMES)
    assert all(COMPOSE["services"][name]["environment"]["REPLICA"] == name for name in replicas)
    port = image_settings()["PORT"]
    servers = re.findall(r"server (\S+?)[ ;]", NGINX["replicas.conf"])
    assert set(servers) == {f"{name}:{port}" for name in replicas}
    pinned = dict(re.findall(r"^\s+(dashboard-\d)\s+(only-\d);", NGINX["replicas.conf"], re.M))
    assert set(pinned) == replicas
    for name, pool in pinned.items():
        body = re.search(rf"upstream {pool} \{{(.+?)\}}", NGINX["replicas.conf"], re.S)
        assert body is not None
        first, *behind = re.findall(r"server (\S+?):\d+([^;]*);", body[1])
        assert (first[0], "backup" in first[1]) == (name, False)
        assert {other for other, how in behind if "backup" in how} == replicas - {name}
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    targets = scraped["scrape_configs"][0]["static_configs"][0]["targets"]
    assert set(targets) == {f"{name}:{port}" for name in replicas}


def test_ports_and_probes() -> None:
    port = int(image_settings()["PORT"])
    assert f"EXPOSE {port}" in CONTAINERFILE
    container = pod("Deployment", "dashboard")["containers"][0]
    assert container["ports"] == [{"name": "http", "containerPort": port}]
    paths = {
        kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")
    }
    assert paths == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
    assert f"http://127.0.0.1:{port}/healthz" in CONTAINERFILE
    assert container["readinessProbe"]["timeoutSeconds"] > health.SECONDS
    policy = of_kind("NetworkPolicy", "dashboard")["spec"]["ingress"][0]["ports"]
    assert policy == [{"port": port}]
    assert re.findall(r"listen (\d+)", NGINX["site.conf"]) == [
        mapped.split(":")[1] for mapped in COMPOSE["services"]["nginx"]["ports"]
    ]


def test_a_dashboard_cannot_write_builds() -> None:
    builds = image_settings()["WAREHOUSE_DIR"]
    for name in NAMES:
        assert f"builds:{builds}:ro" in COMPOSE["services"][name]["volumes"]
    mounts = {m["mountPath"]: m for m in pod("Deployment", "dashboard")["containers"][0]["volumeMounts"]}
    assert mounts[builds]["readOnly"] is True
    for writer in (COMPOSE["services"]["etl"]["volumes"], COMPOSE["services"]["desk"]["volumes"]):
        assert f"builds:{builds}" in writer


def test_what_is_shared_is_mounted_and_the_rest_is_read_only() -> None:
    settings = image_settings()
    volumes = image_volumes()
    for name in ("WAREHOUSE_DIR", "VIEWS_DIR", "PRESENTATIONS_DIR", "EXPORTS_DIR"):
        assert any(settings[name].startswith(volume) for volume in volumes), name
    for name, service in COMPOSE["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert source.startswith((".", "$")) or source in COMPOSE["volumes"], mount
    for kind, name in (("Deployment", "dashboard"), ("CronJob", "etl")):
        found = pod(kind, name)
        claims = {volume["name"] for volume in found["volumes"]}
        for container in found["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert {mount["name"] for mount in container["volumeMounts"]} <= claims
        assert found["securityContext"]["runAsNonRoot"] is True
        named = [
            v["persistentVolumeClaim"]["claimName"] for v in found["volumes"] if "persistentVolumeClaim" in v
        ]
        assert all(of_kind("PersistentVolumeClaim", claim) for claim in named)


def test_the_image_is_pinned_and_runs_as_nobody_in_particular() -> None:
    assert "--require-hashes" in CONTAINERFILE
    bases = re.findall(r"^FROM (\S+)", CONTAINERFILE, re.M)
    assert all(":" in base and not base.endswith(":latest") for base in bases)
    user = re.search(r"^USER (\d+):(\d+)$", CONTAINERFILE, re.M)
    assert user is not None
    assert pod("Deployment", "dashboard")["securityContext"]["runAsUser"] == int(user[1]) != 0
    for source in re.findall(r"^COPY (?!--from)(\S+) ", CONTAINERFILE, re.M):
        assert (ROOT / source).exists(), source
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".streamlit/secrets.toml", "data/access.yml", "data/intake", "data/reports"} <= set(ignored)


def test_the_builder_is_called_as_it_can_be(tmp_path: Path) -> None:
    scripts = [
        COMPOSE["services"]["etl"]["command"][-1],
        pod("CronJob", "etl")["containers"][0]["command"][-1],
    ]
    for script in scripts:
        line = script.strip().splitlines()[-1]
        assert line == "exec python -m etl build --if-stale --out /builds"
    with pytest.raises(SystemExit) as asked:
        etl(["build", "--if-stale", "--out", str(tmp_path), "--help"])
    assert asked.value.code == 0


def test_what_may_be_sent_is_the_same_everywhere() -> None:
    with (ROOT / ".streamlit" / "config.toml").open("rb") as stream:
        megabytes = tomllib.load(stream)["server"]["maxUploadSize"]
    allowed = re.search(r"client_max_body_size (\d+)m;", NGINX["locations.conf"])
    assert allowed is not None
    assert megabytes < int(allowed[1]) <= megabytes + 4
    ingress = of_kind("Ingress", "dashboard")["metadata"]["annotations"]
    assert ingress["nginx.ingress.kubernetes.io/proxy-body-size"] == f"{allowed[1]}m"


def test_what_is_for_insiders_is_closed_to_readers() -> None:
    for path in ("/metrics", "/_stcore/metrics", "/readyz"):
        assert re.search(rf"location = {path} +\{{ return 404; \}}", NGINX["locations.conf"])
    rules = of_kind("Ingress", "dashboard")["spec"]["rules"][0]["http"]["paths"]
    closed = {rule["path"] for rule in rules if rule["backend"]["service"]["name"] == "closed"}
    assert closed == {"/metrics", "/_stcore/metrics", "/readyz"}


def test_scripts_and_files_that_are_named_exist() -> None:
    for mount in COMPOSE["services"]["nginx"]["volumes"] + COMPOSE["services"]["prometheus"]["volumes"]:
        source = mount.split(":")[0]
        if source.startswith("./"):
            assert (DEPLOY / source).exists(), source
    for included in re.findall(r"include ([\w./-]+);", "\n".join(NGINX.values())):
        assert (DEPLOY / "nginx" / included).is_file(), included
