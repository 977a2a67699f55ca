"""Secrets in settings and code are named by file and line, and never shown; this tree holds none."""

import subprocess
import tarfile
from pathlib import Path

import pytest

from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.secret_scan import require_no_secret, secrets_in

ROOT = Path(__file__).parents[2]
PUBLISHED = "tests/vectors/"
VALUE = "Zk3v0aQ9-w_7ExampleOfAnAppSecretNobodyHas00"
HEADER = "-----BEGIN {}PRIVATE KEY-----\nMHcCAQEE\n"


@pytest.mark.clause("7.3.4-2.1", "7.3.4-2.2")
@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("app.ini", f"[bank]\napp_secret = {VALUE}\n", 2),
        ("app.json", f'{{\n"appSecret": "{VALUE}"}}', 2),
        ("settings.py", f"CLIENT_SECRET = '{VALUE}'", 1),
        (".env.production", f"LANG=C\nexport APP_SECRET={VALUE}", 2),
        ("deploy.yaml", f"bank:\n  access_token: {VALUE}", 2),
        ("key.pem", HEADER.format("EC "), 1),
        ("jwk.json", f'{{"kty": "EC", "d": "{VALUE}"}}', 1),
    ],
)
def test_a_secret_is_named_by_file_and_line_and_its_value_is_not_shown(
    name: str, content: str, line: int, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(Problem) as refused:
        require_no_secret((tmp_path,))

    assert refused.value.code == "SECRET_IN_CONFIG"
    assert f"{name}:{line}" in str(refused.value.detail)
    assert VALUE not in str(refused.value.detail)


def test_a_layer_of_a_container_image_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "app.ini").write_text(f"app_secret = {VALUE}")
    with tarfile.open(tmp_path / "layer.tar", "w") as layer:
        layer.add(tmp_path / "app.ini", "srv/app.ini")
    (tmp_path / "app.ini").unlink()

    assert [each.file for each in secrets_in((tmp_path,))] == [f"{tmp_path / 'layer.tar'}!srv/app.ini"]


def test_encrypted_keys_hashes_and_public_keys_are_no_finding(tmp_path: Path) -> None:
    key = generate("gm", "sig")
    (tmp_path / "sig.pem").write_bytes(key.to_pem(b"a passphrase"))
    (tmp_path / "config.json").write_text(f'{{"control_token_sha256": "{"5a" * 32}", "keys": "{key.public.jwk()}"}}')
    (tmp_path / "wallet.db").write_text(f"app_secret = {VALUE}")

    assert secrets_in((tmp_path,)) == []


@pytest.mark.clause("7.3.4-2.1", "9.3.5-2.1")
def test_no_file_of_this_project_holds_a_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    tracked = [name for name in listed.stdout.split("\0") if name and not name.startswith(PUBLISHED)]
    own = {str(Path(__file__).relative_to(ROOT))}
    files = [ROOT / name for name in tracked if name not in own and Path(name).suffix not in {".webp", ".png"}]

    assert len(files) > 100
    assert [str(each) for each in secrets_in(each for each in files if each.exists())] == []
