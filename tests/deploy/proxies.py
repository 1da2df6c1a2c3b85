"""The proxies of deploy/ on this machine: their own files, with other ports, names and folders."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

DEPLOY = Path(settings.BASE_DIR, "deploy")
NGINX = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/timetracker.conf;
}}
"""


@dataclass(frozen=True)
class Ports:
    http: int
    https: int
    web: int
    live: tuple[int, int]


@dataclass(frozen=True)
class Proxy:
    command: list[str]
    env: dict[str, str]


def replaced(text: str, changes: dict[str, str]) -> str:
    """Each has to be there: else what is tried out is no longer what is in deploy/."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is not there any more"
        text = text.replace(old, new)
    return text


def nginx(folder: Path, ports: Ports) -> Proxy:
    make_certificate(folder)
    text = (DEPLOY / "nginx" / "timetracker.conf").read_text()
    changes = {
        "https://time.example.org$": f"https://localhost:{ports.https}$",
        "time.example.org": "localhost",
        "listen 80;": f"listen 127.0.0.1:{ports.http};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{ports.https} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "/etc/ssl/timetracker": str(folder),
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{ports.web};",
        "server 127.0.0.1:8001;": "".join(f"server 127.0.0.1:{port};" for port in ports.live),
    }
    (folder / "timetracker.conf").write_text(replaced(text, changes))
    user = "user root;" if os.geteuid() == 0 else ""  # nobody else may look into the folders of tests
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user))
    return Proxy([program("nginx"), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")], {})


def caddy(folder: Path, ports: Ports) -> Proxy:
    """Its certificate is of an authority that it makes itself, for a name that is nobody's."""
    mine = f"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {ports.http}\n\thttps_port {ports.https}\n\tservers {{"
    text = replaced((DEPLOY / "Caddyfile").read_text(), {"{\n\tservers {": mine})
    (folder / "Caddyfile").write_text(text)
    env = {
        "SITE_ADDRESS": "localhost",
        "WEB": f"127.0.0.1:{ports.web}",
        "LIVE": " ".join(f"127.0.0.1:{port}" for port in ports.live),
        **dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder)),
    }
    return Proxy([program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"], env)


KINDS: dict[str, Callable[[Path, Ports], Proxy]] = {"nginx": nginx, "caddy": caddy}


def program(name: str) -> str:
    """Debian keeps servers where only root's PATH leads."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") or ""


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    others = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
