"""What README and the pages below docs name is there today: files, functions, modules, commands, settings."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.management import get_commands, load_command_class

BASE = Path(settings.BASE_DIR)
FOLDERS = r"(?:\.ci|config|deploy|docs|portal|reports|tests|triage)"
PACKAGES = r"(?:config|portal|reports|tests|triage)"

# A path from the root of the repository; `{a,b}` and `*` stand for several.
PATH = re.compile(rf"(?<![\w./:-])({FOLDERS}/(?:[\w./*{{}},-]*[\w/*}}])?)")
# `path.py name()` and `path.py NAME`.
NAMED = re.compile(rf"`({FOLDERS}/[\w./]+\.py) ([A-Za-z_][\w.]*)(?:\(\))?`")
# A file name alone: enough when one file only has it.
ALONE = re.compile(r"`([\w-]+\.(?:py|toml|sql|html|css|txt|po|yml))`")
CALLED = re.compile(rf"`({PACKAGES}(?:\.\w+)+)\(")
MODULE = re.compile(rf"-m ({PACKAGES}(?:\.\w+)*)")
COMMAND = re.compile(r"(?:manage\.py|\./run manage) ([a-z_]+)([^`#\n]*)")
SETTING = re.compile(r"\bBAKEN_[A-Z_]+[A-Z]\b")
# Made by deploy/make-secrets on the machine of an operator; labels of sub-keys (reports/sealing/core.py).
NO_FILES = ("deploy/secrets", "portal/1/")


def pages() -> list[Path]:
    return [BASE / "README.md", *sorted((BASE / "docs").glob("*.md"))]


@cache
def tracked() -> frozenset[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=BASE, capture_output=True, check=True).stdout
    return frozenset(filter(None, listed.decode().split("\0")))


@cache
def folders() -> frozenset[str]:
    return frozenset(f"{parent}/" for name in tracked() for parent in Path(name).parents)


def each_of(path: str) -> list[str]:
    """`a/{b,c}.toml` as a/b.toml and a/c.toml."""
    choice = re.search(r"\{([^}]*)\}", path)
    if choice is None:
        return [path]
    before, after = path[: choice.start()], path[choice.end() :]
    return [whole for part in choice[1].split(",") for whole in each_of(before + part + after)]


def is_there(path: str) -> bool:
    if path.startswith(NO_FILES):
        return True
    if "*" in path:
        return any(PurePosixPath(name).match(path) for name in tracked())
    return path in tracked() or path.rstrip("/") + "/" in folders()


@cache
def names_in(path: str) -> frozenset[str]:
    """The functions, classes and constants of a file, and `Class.method`."""
    found: set[str] = set()
    for node in ast.parse((BASE / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {
            each.id for target in targets if target for each in ast.walk(target) if isinstance(each, ast.Name)
        }
    return frozenset(found)


def is_module(dotted: str) -> bool:
    return find_spec(dotted) is not None


def wrong_with_command(name: str, rest: str) -> Iterator[str]:
    commands = get_commands()
    if name == "help":
        return
    if name not in commands:
        yield f"{name}: no such command"
        return
    command = load_command_class(commands[name], name)
    known = command.create_parser("manage.py", name)._option_string_actions
    yield from (
        f"{name}: no option {each}"
        for each in re.findall(r"(?<!\S)\[?(--[a-z-]+)", rest)
        if each not in known
    )


def faults(line: str) -> Iterator[str]:
    """What one line names and is not there."""
    yield from (
        f"{each}: no such file or folder"
        for path in PATH.findall(line)
        for each in each_of(path)
        if not is_there(each)
    )
    for path, name in NAMED.findall(line):
        if path in tracked() and name not in names_in(path):
            yield f"{path}: no {name}"
    for name in ALONE.findall(line):
        there = [each for each in tracked() if each == name or each.endswith(f"/{name}")]
        if name not in there and len(there) != 1:
            yield f"{name}: {len(there)} files have this name"
    for dotted in CALLED.findall(line):
        module, _, function = dotted.rpartition(".")
        if not is_there(f"{module.replace('.', '/')}.py") or function not in names_in(
            f"{module.replace('.', '/')}.py"
        ):
            yield f"{dotted}: no such function"
    yield from (f"{each}: no such module" for each in MODULE.findall(line) if not is_module(each))
    for name, rest in COMMAND.findall(line):
        yield from wrong_with_command(name, rest)
    yield from (f"{each}: no such setting" for each in settings_in(line) - known_settings())


def settings_in(text: str) -> frozenset[str]:
    """`BAKEN_NAME_FILE` counts as `BAKEN_NAME` (config/env.py)."""
    return frozenset(name.removesuffix("_FILE") for name in SETTING.findall(text))


@cache
def known_settings() -> frozenset[str]:
    """What the code, the shell script and the compose file read."""
    read = [*(name for name in tracked() if name.startswith("config/") and name.endswith(".py"))]
    texts = [(BASE / name).read_text(encoding="utf-8") for name in [*read, "run", "docker-compose.yml"]]
    return frozenset().union(*map(settings_in, texts))


def test_what_the_pages_name_is_there() -> None:
    found = [
        f"{page.relative_to(BASE)}:{number}: {fault}"
        for page in pages()
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        for fault in faults(line)
    ]

    assert found == []


def test_every_room_is_in_the_readme() -> None:
    """A folder of triage or reports with Python files of its own has a line in the table of rooms."""
    readme = (BASE / "README.md").read_text(encoding="utf-8")
    rooms = {
        "/".join(Path(name).parts[:2]) + "/"
        for name in tracked()
        if re.match(r"(?:triage|reports)/\w+/.*\.py$", name) and "/migrations/" not in name
    }

    assert len(rooms) > 10
    assert [room for room in sorted(rooms) if f"`{room}`" not in readme] == []


def test_what_is_not_there_is_found() -> None:
    assert list(faults("in `triage/finders/` and")) == ["triage/finders/: no such file or folder"]
    assert list(faults("`config/locale/{public,attic}`")) == ["config/locale/attic: no such file or folder"]
    assert list(faults("tests/browser/test_nothing_*")) == [
        "tests/browser/test_nothing_*: no such file or folder"
    ]
    assert list(faults("`reports/retention.py forget_all()`")) == ["reports/retention.py: no forget_all"]
    assert list(faults("`refusals.py`")) == ["refusals.py: 0 files have this name"]
    assert list(faults("`forms.py`")) != []
    assert list(faults("`reports.evidence.files.files.shred_blobs(ids)`")) != []
    assert list(faults("python -m config.gone")) == ["config.gone: no such module"]
    assert list(faults("`manage.py database_walls`")) == ["database_walls: no such command"]
    assert list(faults("`manage.py verify_audit --let-go`")) == ["verify_audit: no option --let-go"]
    assert list(faults("`BAKEN_DB_COLOUR`")) == ["BAKEN_DB_COLOUR: no such setting"]


def test_what_is_there_is_let_through() -> None:
    for good in (
        "`reports/shredding.py shred()`, `triage/casework/verbs.py VERBS` and `run`",
        "`triage/policy/phrases/{nl,en,be,ru}.toml`, `tests/browser/test_public_*`, `rules.toml`",
        "`reports.intake.receive()`; `deploy/secrets/mail_password`; `/policy/`; https://example.org/config/x",
        "    ./run manage verify_audit --prune    # --nothing",
        "`BAKEN_DB_PASSWORD_FILE` is the file of `BAKEN_DB_PASSWORD`",
    ):
        assert list(faults(good)) == [], good
