"""The sentences of the architecture, read off the sources: imports point one way, and a few habits."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("models", "workflow", "pdf", "jobs", "commands", "web", "config", "privacy", "wsgi", "bench", "tests")
MAY_IMPORT = {
    "models": set(),
    "pdf": {"privacy"},
    "workflow": {"models", "privacy"},
    "jobs": {"workflow", "models", "pdf", "config"},
    "commands": {"workflow", "models", "pdf", "jobs", "config", "web"},
    "web": {"workflow", "models", "pdf", "jobs", "config", "commands"},
}
ONLY_IN = {
    "transitions": ("workflow/process.py",),
    "weasyprint": ("pdf/render.py", "bench/letters.py"),
    "pyhanko": ("pdf/signing.py",),
    "flask": ("web/", "commands/", "bench/", "tests/"),
    "huey": ("jobs/",),
    "pikepdf": ("pdf/binder.py",),
    "apprise": ("jobs/channels.py",),
    "prometheus_client": ("web/metrics.py",),
    "altair": ("web/assessment_chart.py", "web/briefing_chart.py"),
    "vl_convert": ("web/assessment_chart.py", "web/briefing_chart.py"),
}
BELOW_THE_EDGES = ("models", "workflow", "pdf")
LONGEST_MODULE = 300


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_imports_point_downward_only() -> None:
    wrong = [
        f"{file} imports {name}"
        for layer, allowed in MAY_IMPORT.items()
        for file, tree in sources(layer)
        for name in imported(tree)
        if (top := name.partition(".")[0]) in OURS and top not in allowed | {layer}
    ]
    assert wrong == []


def test_only_the_assembly_mounts_commands() -> None:
    wrong = [
        file for file, tree in sources("web")
        if file != "web/__init__.py" and any(name.partition(".")[0] == "commands" for name in imported(tree))
    ]  # fmt: skip
    assert wrong == []


def test_every_library_stays_in_its_place() -> None:
    wrong = [
        f"{file} imports {library}"
        for file, tree in sources(*MAY_IMPORT, "bench")
        for name in imported(tree)
        if (library := name.partition(".")[0]) in ONLY_IN and not file.startswith(ONLY_IN[library])
    ]
    assert wrong == []


def test_nothing_assigns_a_state_but_the_process() -> None:
    """Constructors and the machine set `.state` of a case; orders, messages, imports and files are no cases."""
    wrong = [
        f"{file}:{node.lineno}"
        for file, tree in sources(*MAY_IMPORT)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute)
        and target.attr == "state"
        and file != "workflow/process.py"
        and not _is_no_case(target)
    ]
    assert wrong == []


def _is_no_case(target: ast.Attribute) -> bool:
    return isinstance(target.value, ast.Name) and target.value.id in ("order", "batch", "imported", "file", "message")


def test_nothing_below_the_edges_commits() -> None:
    assert _calls("commit", *BELOW_THE_EDGES) == []


def test_nothing_below_the_edges_reads_a_clock() -> None:
    assert [*_calls("now", "models", "workflow", "pdf"), *_calls("utcnow", "models", "workflow", "pdf")] == []


def _calls(name: str, *folders: str) -> list[str]:
    return [
        f"{file}:{node.lineno}"
        for file, tree in sources(*folders)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def test_only_the_settings_read_the_environment() -> None:
    wrong = [
        file
        for file, tree in sources(*MAY_IMPORT)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    assert wrong == []


def test_migrations_import_no_models() -> None:
    wrong = [f for f, tree in sources("migrations/versions") if any(n.startswith("models") for n in imported(tree))]
    assert wrong == []


def test_modules_stay_readable_in_one_sitting() -> None:
    lengths = {
        file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8").count("\n")
        for folder in MAY_IMPORT
        for file in (ROOT / folder).rglob("*.py")
    }
    assert {file: length for file, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [f for f, tree in sources(*MAY_IMPORT, "bench") if not ast.get_docstring(tree)] == []
