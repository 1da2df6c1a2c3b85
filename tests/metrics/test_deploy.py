"""What the compose files name exists: files, variables, ports, commands."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FILES = ("docker-compose.yml", "docker-compose.analytics.yml")
PARTS = ("web", "live", "worker", "long", "beat")
OF_IMAGES = {
    "proxy": {"SITE_ADDRESS"},
    "postgres": {"POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"},
    "grafana": {
        "GF_SECURITY_ADMIN_PASSWORD", "GF_USERS_ALLOW_SIGN_UP", "GF_ANALYTICS_REPORTING_ENABLED",
        "GF_ANALYTICS_CHECK_FOR_UPDATES", "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES",
        "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH",
    },
}  # fmt: skip
DOCKER = "/var/run/docker.sock"


def loaded(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / name).read_text()))


BASE, MORE = map(loaded, FILES)


def merged() -> dict[str, dict[str, Any]]:
    """As `docker compose -f … -f …` has it, for what is looked at here."""
    services = {name: dict(service) for name, service in BASE["services"].items()}
    for name, service in MORE["services"].items():
        before = services.get(name, {})
        environment = {**before.get("environment", {}), **service.get("environment", {})}
        services[name] = {**before, **service, "environment": environment}
    return services


SERVICES = merged()


def of_settings() -> set[str]:
    """Every name that settings.py asks the environment for."""
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", (ROOT / "timetracker" / "settings.py").read_text()))


def mounts(service: dict[str, Any]) -> list[tuple[str, str]]:
    return [tuple(each.split(":")[:2]) for each in service.get("volumes", [])]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_variables_are_known_to_who_reads_them(name: str):
    known = OF_IMAGES.get(name, set() if "image" in SERVICES[name] and "build" not in SERVICES[name] else of_settings())
    assert not set(SERVICES[name].get("environment", {})) - known


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_mounted_files_and_volumes_exist(name: str):
    volumes = {*BASE["volumes"], *MORE["volumes"]}
    for source, _target in mounts(SERVICES[name]):
        assert (ROOT / source).exists() if source.startswith("./") else source in volumes | {DOCKER}, source


def test_no_volume_is_for_nothing():
    used = {source for service in SERVICES.values() for source, _target in mounts(service)}
    assert {*BASE["volumes"], *MORE["volumes"]} <= used


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_a_service_waits_for_is_there(name: str):
    assert set(SERVICES[name].get("depends_on", [])) <= set(SERVICES)


@pytest.mark.parametrize(
    "name", sorted(name for name in SERVICES if name not in PARTS and "build" not in SERVICES[name])
)
def test_images_have_a_version(name: str):
    assert re.fullmatch(r"[\w./-]+:v?\d[\w.]*", SERVICES[name]["image"])


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("prometheus", r"--config\.file=(\S+)"),
        ("loki", r"-config\.file=(\S+)"),
        ("promtail", r"-config\.file=(\S+)"),
        ("alloy", r"(\S+\.alloy)"),
    ],
)
def test_each_reads_the_file_that_is_mounted(name: str, pattern: str):
    command = SERVICES[name]["command"]
    found = re.search(pattern, command if isinstance(command, str) else " ".join(command))
    assert found
    assert found[1] in {target for _source, target in mounts(SERVICES[name])}


def test_prometheus_reads_rules_and_token_where_they_are():
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    targets = {target: source for source, target in mounts(SERVICES["prometheus"])}
    for pattern in config["rule_files"]:
        folder, _slash, name = pattern.rpartition("/")
        assert list((ROOT / targets[f"/etc/prometheus/{folder}"]).glob(name))
    (secret,) = SERVICES["prometheus"]["secrets"]
    assert MORE["secrets"][secret] == {"environment": "METRICS_TOKEN"}
    assert config["scrape_configs"][0]["authorization"]["credentials_file"] == f"/run/secrets/{secret}"


def test_prometheus_asks_every_part_at_its_port():
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    asked = {
        name: found["port"] for job in config["scrape_configs"] for found in job.get("dns_sd_configs", [])
        for name in found["names"]
    }  # fmt: skip
    pages = int(re.search(r'bind = ".*:(\d+)"', (ROOT / "deploy/gunicorn.conf.py").read_text())[1])
    figures = {SERVICES[name]["environment"]["METRICS_PORT"] for name in PARTS}
    assert asked == {"web": pages, **dict.fromkeys(("live", "worker", "long", "beat"), *figures)}
    assert f"web:{pages}" in (ROOT / "deploy/Caddyfile").read_text()
    assert {SERVICES[name]["environment"]["METRICS_BIND"] for name in PARTS} == {"0.0.0.0"}  # noqa: S104 - named there
    # Nobody outside the network reaches that port.
    assert not [name for name in PARTS if "ports" in SERVICES[name]]


def test_live_listens_where_the_proxy_asks():
    port = re.search(r"--port (\d+)", SERVICES["live"]["command"])[1]
    assert f"live:{port}" in (ROOT / "deploy/Caddyfile").read_text()


def test_what_shows_figures_and_logs_is_for_this_machine():
    published = [port for name in MORE["services"] for port in MORE["services"][name].get("ports", [])]
    assert len(published) == 2
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_loki_is_where_others_send_and_ask():
    port = yaml.safe_load((ROOT / "deploy/loki/loki.yml").read_text())["server"]["http_listen_port"]
    sources = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/datasources.yml").read_text())
    addresses = {source["uid"]: source["url"] for source in sources["datasources"]}
    assert addresses == {"prometheus": "http://prometheus:9090", "loki": f"http://loki:{port}"}
    address = f"http://loki:{port}/loki/api/v1/push"
    assert f'url = "{address}"' in (ROOT / "deploy/alloy/config.alloy").read_text()
    promtail = yaml.safe_load((ROOT / "deploy/promtail/promtail.yml").read_text())
    assert promtail["clients"] == [{"url": address}]
    assert Path(promtail["positions"]["filename"]).parent.as_posix() in {
        target for _source, target in mounts(SERVICES["promtail"])
    }


def test_loki_keeps_what_it_has_in_its_volume():
    loki = yaml.safe_load((ROOT / "deploy/loki/loki.yml").read_text())
    kept = [loki["common"]["path_prefix"], loki["compactor"]["working_directory"],
            *loki["common"]["storage"]["filesystem"].values()]  # fmt: skip
    assert ("loki", "/loki") in mounts(SERVICES["loki"])
    assert all(path == "/loki" or path.startswith("/loki/") for path in kept)


def test_grafana_finds_its_boards():
    boards = yaml.safe_load((ROOT / "deploy/grafana/provisioning/dashboards/dashboards.yml").read_text())
    (folder,) = [provider["options"]["path"] for provider in boards["providers"]]
    sources = {target: source for source, target in mounts(SERVICES["grafana"])}
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (ROOT / sources[folder] / Path(home).relative_to(folder)).is_file()
    assert (ROOT / sources["/etc/grafana/provisioning"] / "datasources").is_dir()


def test_promtail_comes_only_when_it_is_asked_for():
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["promtail"]


def test_alloys_blocks_are_closed_and_its_parts_name_each_other():
    text = re.sub(r"//(?!var).*", "", (ROOT / "deploy/alloy/config.alloy").read_text())
    assert text.count("{") == text.count("}")
    parts = {f"{kind}.{name}" for kind, name in re.findall(r'^([\w.]+) "(\w+)" \{', text, re.MULTILINE)}
    named = set(re.findall(r"\b((?:discovery|loki)\.\w+\.\w+)\.(?:targets|output|receiver)\b", text))
    assert named < parts
    assert parts - named == {"loki.source.docker.containers"}, "where lines come from; everything else is led to"


def test_commands_are_programs_we_install():
    packages = (ROOT / "requirements" / "app.txt").read_text()
    for name in (*PARTS, "migrate"):
        program = shlex.split(SERVICES[name].get("command", "gunicorn"))[0]
        assert program == "sh" or re.search(rf"^{program}==", packages, re.MULTILINE), program
    docker = (ROOT / "deploy" / "Dockerfile").read_text()
    assert 'CMD ["gunicorn", "timetracker.wsgi", "--config=deploy/gunicorn.conf.py"]' in docker
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"] == "timetracker"


def test_several_processes_of_a_container_add_up():
    (folder,) = {SERVICES[name]["environment"]["PROMETHEUS_MULTIPROC_DIR"] for name in PARTS}
    # Not shared: numbers of processes are a container's own.
    assert not [target for name in PARTS for _source, target in mounts(SERVICES[name]) if folder.startswith(target)]
