"""What deploy/ hands to systemd, nginx and the settings is accepted by each of them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from crm.cli import COMMANDS
from crm.kernel.settings import Settings, load_settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def test_there_is_a_unit_for_the_pages_and_one_for_the_worker() -> None:
    assert [unit.name for unit in UNITS] == ["tsunagari-worker.service", "tsunagari.service"]


def test_systemd_accepts_the_units_over_a_staged_install(tmp_path: Path) -> None:
    status, said = verified(staged(tmp_path))
    assert (status, [line for line in said if "tsunagari" in line]) == (0, [])


def test_systemd_refuses_units_whose_command_is_missing(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    (stage / "opt/tsunagari/bin/crm").unlink()
    _, said = verified(stage)
    missing = "Command /opt/tsunagari/bin/crm is not executable: No such file or directory"
    assert {missing} == {line.partition(": ")[2] for line in said if "not executable" in line}


def verified(stage: Path) -> tuple[int, list[str]]:
    """Return what systemd's own checker says of our units."""
    command = ["/usr/bin/systemd-analyze", "verify", "--man=no", f"--root={stage}"]
    done = subprocess.run(  # noqa: S603 - a command of the system over our own files
        [*command, *(unit.name for unit in UNITS)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr.splitlines()


def staged(folder: Path) -> Path:
    """Lay an install out as RUNBOOK.md does, with what the units lean on of the system's own."""
    stage = folder / "root"
    units = stage / "etc/systemd/system"
    units.mkdir(parents=True)
    for unit in UNITS:
        shutil.copy(unit, units)
    shutil.copytree("/usr/lib/systemd/system", stage / "usr/lib/systemd/system", symlinks=True)
    (stage / "lib").symlink_to("usr/lib")
    command = stage / "opt/tsunagari/bin/crm"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n", encoding="utf-8")
    command.chmod(0o755)
    return stage


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_run_commands_that_exist(unit: Path) -> None:
    text = unit.read_text("utf-8")
    ran = re.findall(r"^Exec\w+=/opt/tsunagari/bin/crm (\S+)$", text, re.MULTILINE)
    assert ran
    assert set(ran) <= set(COMMANDS)


def test_settings_of_the_template_are_accepted() -> None:
    text = (DEPLOY / "tsunagari.env").read_text("utf-8")
    given = dict(re.findall(r"^#?(CRM_\w+)=(.*)$", text, re.MULTILINE))
    active = dict(re.findall(r"^(CRM_\w+)=(.*)$", text, re.MULTILINE))
    assert {name.removeprefix("CRM_").lower() for name in given} <= set(Settings.model_fields)
    assert load_settings(given).is_https
    assert load_settings(active).is_https
    assert "CRM_DEMO" not in given


def test_the_example_keeps_browsers_to_https_and_to_sound_ciphers() -> None:
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert 'Strict-Transport-Security "max-age=31536000; includeSubDomains" always;' in site
    (ciphers,) = re.findall(r"ssl_ciphers ([^;]+);", site)
    sound = re.compile(r"ECDHE-(ECDSA|RSA)-(AES(256|128)-GCM-SHA(384|256)|CHACHA20-POLY1305)")
    assert [name for name in ciphers.split(":") if not sound.fullmatch(name)] == []


def test_nginx_accepts_the_example(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    assert nginx, "tests/install-tools installs it"
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(  # noqa: S603 - a certificate for this test alone
        [
            *("/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=test"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    site = re.sub(r"(ssl_certificate\s+)\S+;", rf"\g<1>{certificate};", site)
    site = re.sub(r"(ssl_certificate_key\s+)\S+;", rf"\g<1>{key};", site)
    whole = tmp_path / "nginx.conf"
    around = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ %s }}"
    whole.write_text(around % site, "utf-8")
    done = subprocess.run(  # noqa: S603 - nginx's own checker
        [nginx, "-t", "-q", "-c", str(whole)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
