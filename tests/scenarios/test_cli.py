"""The command line: help for newcomers, one clear line for each failure, exit codes that a script can rely on."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bank_sim.sdk.protocol.keypairs import generate
from scenarios import cli
from scenarios.cli import COMMANDS
from scenarios.facts import Urls
from scenarios.runner import Theatre
from scenarios.surroundings import surroundings
from tests.scenarios.sandbox_process import run

ROOT = Path(__file__).parents[2]


def test_help_names_every_command_the_first_steps_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0

    text = capsys.readouterr().out
    assert all(re.search(rf"^  {name} +\S", text, re.MULTILINE) for name in COMMANDS)
    assert "bank-sandbox demo" in text
    assert "Exit codes:" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example_or_its_subcommands(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([name, "--help"]) == 0

    assert re.search(rf"Usage: bank-sandbox {name}", capsys.readouterr().out)


def test_help_imports_no_party_and_no_network_library() -> None:
    heavy = ("httpx", "flask", "cryptography", "rich", "bank_sim", "app_sim", "user_sim", "faker")
    program = (
        "import sys; from scenarios import cli; cli.run(['--help']); cli.run(['up', '--help'])\n"
        f"print([each for each in {heavy} if each in sys.modules], file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stderr == "[]\n"


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in COMMANDS if f"bank-sandbox {name}" not in readme] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["nix"],
        ["up", "--suite", "rot13"],
        ["up", "--port-base", "nix"],
        ["clock", "advance", "soon"],
        ["run"],
        ["run", "transfer-gm", "--all"],
        ["run", "nix"],
        ["app", "register", "shop", "--public-key", "/nowhere"],
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["up"], ["reset"], ["status"], ["audit", "verify"], ["clock", "show"], ["demo"]], ids=" ".join
)
def test_a_foreign_home_is_refused_by_every_command_and_left_alone(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    code = cli.run([*arguments, "--home", str(tmp_path)])

    error = capsys.readouterr().err
    assert code == 3
    assert error.startswith("bank-sandbox: ")
    assert error.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("where", ["/proc/nope/x", "/dev/null/x"])
@pytest.mark.parametrize("command", ["up", "demo"])
def test_a_place_where_no_home_can_be_made_is_said_in_one_line(
    where: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.run([command, "--home", where])

    error = capsys.readouterr().err
    assert code == 3
    assert error.startswith(f"bank-sandbox: No home can be made at {where}: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize("command", ["status", "reset"])
def test_where_no_home_can_be_there_is_none(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([command, "--home", "/dev/null/x"]) == (3 if command == "status" else 0)
    assert re.search("(No sandbox runs|there is no sandbox) in /dev/null/x", "".join(capsys.readouterr()))


@pytest.mark.parametrize("folder", ["/proc/x", "/proc", "/dev/null/x"])
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_played(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.run(["run", "a1-query", "--report", folder])

    told = capsys.readouterr()
    assert (code, told.out, told.err.count("\n")) == (3, "", 1)
    assert told.err.startswith(f"bank-sandbox: No report can be written into {folder}: ")


def test_whatever_the_machine_refuses_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sandbox.json").mkdir()

    code = cli.run(["status", "--home", str(tmp_path)])

    assert code == 3
    assert capsys.readouterr().err == f"bank-sandbox: Is a directory: {tmp_path / 'sandbox.json'}\n"


@pytest.mark.parametrize("arguments", [["status"], ["clock", "show"], ["app", "register", "shop"]], ids=" ".join)
def test_commands_for_a_running_sandbox_say_so_when_none_runs(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*arguments, "--home", str(tmp_path / "home")]) == 3
    assert "No sandbox runs in" in "".join(capsys.readouterr())


def test_resetting_nothing_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["reset", "--home", str(tmp_path / "home")]) == 0
    assert "Nothing to delete" in capsys.readouterr().out


def test_a_missing_library_is_named_in_one_line() -> None:
    program = (
        "import sys; sys.modules['uvicorn'] = None; sys.modules['httpx'] = None\n"
        "from scenarios import cli; sys.exit(cli.run(['run', '--all']))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 3
    assert done.stderr.startswith("bank-sandbox: The library 'httpx' is missing;")
    assert done.stderr.count("\n") == 1


def test_list_tells_programs_and_people_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["list", "--json"])
    facts = json.loads(capsys.readouterr().out)
    cli.run(["list"])
    table = capsys.readouterr().out

    assert {"transfer-gm", "amount-tampered"} <= {each["name"] for each in facts}
    assert all(each["name"] in table for each in facts)
    assert all(each["summary_en"] and each["summary_zh"] and each["clauses"] for each in facts)


def test_a_short_passphrase_from_the_environment_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    refusal = run("up", "--home", str(tmp_path / "home"), BANK_SANDBOX_PASSPHRASE="short")

    assert (refusal.returncode, refusal.stderr.count("\n")) == (3, 1)
    assert "too short" in refusal.stderr
    assert not (tmp_path / "home").exists()


def test_the_passphrase_is_not_handed_to_child_processes() -> None:
    given = surroundings({"BANK_SANDBOX_PASSPHRASE": "a secret of a person", "PATH": "/bin"})

    assert given.passphrase == "a secret of a person"
    assert given.environment == {"PATH": "/bin"}


@pytest.mark.parametrize(
    ("environment", "language"),
    [({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_CN", "LC_ALL": "C"}, "en"), ({}, "en"), ({"LANG": "de_DE"}, "en")],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    assert surroundings(environment).language == language


class TestWithARunningSandbox:
    """Commands against the scenarios' world, which is as good as any other running sandbox."""

    @pytest.fixture
    def home(self, gm_theatre: Theatre) -> str:
        return str(gm_theatre.world.home.path)

    def test_the_clock_moves_for_all_parties_and_back(self, home: str, capsys: pytest.CaptureFixture[str]) -> None:
        def offset(*arguments: str) -> float:
            assert cli.run(["clock", *arguments, "--home", home, "--json"]) == 0
            return float(json.loads(capsys.readouterr().out)["offset_s"])

        before = offset("show")
        moved = offset("advance", "1d12h")
        assert offset("reset") == 0
        assert moved - before == 129_600
        # Time that has passed for the other scenarios of this world has passed.
        assert offset("advance", f"{int(moved)}s") == int(moved)

    def test_a_fault_is_switched_on_listed_told_by_status_and_cleared(
        self, home: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said = []
        for arguments in (
            ["fault", "add", "latency", "--set", "ms=5", "--share", "20", "--for", "1m", "--every", "10m"],
            ["fault", "list"],
            ["status"],
            ["fault", "clear"],
            ["fault", "list"],
        ):
            assert cli.run([*arguments, "--home", home]) == 0
            said.append(capsys.readouterr().out)
        assert "on    latency ms=5 jitter_ms=0; all applications, all interfaces, 20 % of the calls; hit 0" in said[0]
        assert said[1] == said[0]
        assert "FAULTS ON: latency" in said[2]
        assert said[3:] == ["Faults switched off: 1\n", "No fault is on.\n"]

    def test_status_tells_where_it_listens(self, home: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run(["status", "--home", home, "--json"]) == 0

        facts = json.loads(capsys.readouterr().out)
        assert facts["running"]
        assert set(facts["urls"]) == set(Urls.__annotations__)
        assert "token" not in json.dumps(facts)

    def test_an_application_of_ones_own_is_registered_with_keys_made_by_openssl(
        self, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for use in ("sig", "enc"):
            private, public = tmp_path / f"{use}.pem", tmp_path / f"{use}.pub"
            _openssl("genpkey", "-algorithm", "SM2", "-out", str(private))
            _openssl("pkey", "-in", str(private), "-pubout", "-out", str(public))
        keys = ["--public-key", str(tmp_path / "sig.pub"), "--sealing-key", str(tmp_path / "enc.pub")]

        code = cli.run(["app", "register", "shop", *keys, "--redirect-uri", "https://shop.example/cb", "--home", home])

        told = capsys.readouterr().out
        assert code == 0
        assert re.search(r"^App_ID +app_\w{12}$", told, re.MULTILINE)
        assert re.search(r"^App_Secret +\S{43} ", told, re.MULTILINE)
        assert re.findall(r"^keyid +app_\S+ +\((\w+)\)$", told, re.MULTILINE) == ["sig", "enc", "mac"]

    def test_each_credential_is_told_with_its_use(
        self, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sealing, asserting = (generate("gm", "enc").public, generate("intl", "sig").public)
        (tmp_path / "enc.jwk").write_text(json.dumps(sealing.jwk()))
        (tmp_path / "other.pub").write_bytes(asserting.pem())
        keys = ["--public-key", str(tmp_path / "other.pub"), "--sealing-key", str(tmp_path / "enc.jwk")]

        assert cli.run(["app", "register", "shop", *keys, "--suite", "gm", "--home", home, "--json"]) == 0

        told = json.loads(capsys.readouterr().out)
        uses = {each["keyid"].removeprefix(f"{told['app_id']}."): each["use"] for each in told["keys"]}
        assert uses == {asserting.kid: "assertion", sealing.kid: "enc", "secret": "mac"}
        assert [each["keyid"] for each in told["keys"]] == told["keyids"]

    def test_a_private_key_is_refused_before_it_leaves_the_machine(
        self, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _openssl("genpkey", "-algorithm", "SM2", "-out", str(tmp_path / "sig.pem"))

        code = cli.run(["app", "register", "shop", "--public-key", str(tmp_path / "sig.pem"), "--home", home])

        assert code == 2
        assert "private key" in capsys.readouterr().err

    def test_a_certificate_request_is_signed_by_the_sandbox_that_runs(
        self, gm_theatre: Theatre, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        request, key = tmp_path / "shop.csr", tmp_path / "shop.key"
        _openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=shop"),
            *("-keyout", str(key), "-out", str(request)),
        )
        code = cli.run(["app", "register", "shop", "--csr", str(request), "--home", home, "--json"])

        certificate = tmp_path / "shop.crt"
        certificate.write_text(json.loads(capsys.readouterr().out)["certificate_pem"])
        assert code == 0
        authority = gm_theatre.world.home.party("bank") / "keys" / "client-ca.crt"
        assert "OK" in _openssl("verify", "-CAfile", str(authority), str(certificate))

    @pytest.mark.parametrize("algorithm", [("sm2",), ("ed25519",), ("ec", "-pkeyopt", "ec_paramgen_curve:P-384")])
    def test_a_certificate_request_with_a_key_that_tls_does_not_take_is_told_what_it_takes(
        self,
        gm_theatre: Theatre,
        home: str,
        tmp_path: Path,
        algorithm: tuple[str, ...],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        request, key = tmp_path / "shop.csr", tmp_path / "shop.key"
        _openssl("genpkey", "-algorithm", *algorithm, "-out", str(key))
        _openssl("req", "-new", "-key", str(key), "-subj", "/CN=shop", "-out", str(request))

        code = cli.run(["app", "register", "shop", "--csr", str(request), "--home", home])

        error = capsys.readouterr().err
        assert (code, error.count("\n")) == (1, 1)
        assert "TLS here takes ECDSA P-256 or RSA keys" in error
        assert "SM2 works above TLS" in error

    def test_the_key_of_a_certificate_is_told_to_sign(
        self, gm_theatre: Theatre, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        request = tmp_path / "shop.csr"
        _openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=shop"),
            *("-keyout", str(tmp_path / "shop.key"), "-out", str(request)),
        )
        arguments = ["--suite", "intl", "--csr", str(request), "--home", home, "--json"]

        assert cli.run(["app", "register", "shop", *arguments]) == 0

        assert [each["use"] for each in json.loads(capsys.readouterr().out)["keys"]] == ["sig", "mac"]


def _openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True, env=os.environ)
    return done.stdout
