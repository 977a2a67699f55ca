"""The README is true: its commands run, its map matches the tree, its files exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

from scenarios.passphrase import ephemeral
from scenarios.world import Plan, running_world

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUNNABLE = re.compile(r"<!-- runs in a sandbox of its own -->\n```bash\n(.*?)```", re.DOTALL)


def test_the_first_call_of_the_readme_is_answered(tmp_path: Path) -> None:
    (script,) = RUNNABLE.findall(README)
    plan = Plan(home=tmp_path / ".sandbox", passphrase=ephemeral(), port_base=0, people=2, environment=dict(os.environ))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with running_world(plan):
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=tmp_path,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(re.findall(r"\d+\.\d+$", done.stdout, re.MULTILINE)) >= 5


def test_the_map_names_every_package_of_the_bank_and_nothing_else() -> None:
    block = README.split("## The map", 1)[1].split("```text\n", 1)[1].split("```", 1)[0]
    left = [re.split(r"\s{2,}", line.strip(), maxsplit=1)[0] for line in block.splitlines()]
    named = {name.rstrip("/") for entry in left for name in entry.split()}
    packages = {path.name for path in (ROOT / "bank_sim").iterdir() if (path / "__init__.py").exists()}
    top = {"bank_sim", "app_sim", "user_sim", "scenarios", "loadtests", "docs", "tests"}
    assert named == packages | top | {"corelink.py"}


def test_every_file_that_the_readme_names_exists() -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", README)
    quoted = re.findall(r"`((?:bank_sim|app_sim|tests|scenarios|docs)/[\w./-]+)`", README)
    assert [each for each in [*linked, *quoted] if not (ROOT / each).exists()] == []
