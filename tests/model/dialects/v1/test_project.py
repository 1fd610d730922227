"""OpenCode 1.x: what its routes say of a project."""

from __future__ import annotations

import pytest

from opencode_widget.model.dialects.v1 import objects as v1_objects
from opencode_widget.model.dialects.v1 import project
from opencode_widget.model.entities import FileDiff, Found, Service


def test_a_path_with_a_slash_at_its_end_is_a_folder_and_the_root_is_none() -> None:
    found = project.found_files(["/", "src/", "src/a.py", 7])
    assert found == (Found("folder", "src/"), Found("file", "src/a.py"))


def test_services_of_three_kinds() -> None:
    mcp = {"web": {"status": "failed", "error": "No."}, "odd": 7, "new": {}}
    lsp = [{"id": "py", "name": "", "root": "src", "status": "connected"}]
    formatters = [{"name": "ruff", "extensions": [".py", ".pyi"], "enabled": True}, {"name": "gofmt"}]
    assert project.services(mcp, lsp, formatters) == (
        Service("mcp", "web", "failed", "No."),
        Service("mcp", "new", "unknown"),
        Service("lsp", "py", "connected", "src"),
        Service("formatter", "ruff", "enabled", ".py .pyi"),
        Service("formatter", "gofmt", "disabled"),
    )
    assert project.services(None, None, None) == ()


def diff(patch: str | None, status: str, added: int = 1) -> dict[str, object]:
    return {"file": "a.py", "additions": added, "deletions": 0, "status": status, "patch": patch}


def test_what_the_turns_of_a_session_changed() -> None:
    turns = [{"info": {"summary": {"diffs": [diff("+a\n", "added")]}}}, {"info": {"summary": True}}, {"info": {}}]
    assert tuple(project.diffs_of(turns)) == (FileDiff("a.py", 1, 0, "added", "+a\n"),)


@pytest.mark.parametrize(
    ("statuses", "status"),
    [(["added", "modified"], "added"), (["modified", "deleted"], "deleted"), (["added", "deleted"], "deleted")],
)
def test_changes_of_one_file_in_several_turns_are_one_entry(statuses: list[str], status: str) -> None:
    changes = project.diffs([diff(f"+{number}\n", state) for number, state in enumerate(statuses)])
    assert project.merged(changes) == (FileDiff("a.py", 2, 0, status, "+0\n+1"),)


def test_changes_without_a_patch_have_none_together() -> None:
    assert project.merged(project.diffs([diff(None, "modified"), diff(None, "modified"), {}]))[0].patch is None


def test_a_session_that_is_reported_without_changes_may_have_some() -> None:
    data = {"id": "ses", "summary": {"files": 0, "additions": 0, "deletions": 0}, "time": {"archived": 0}}
    info = v1_objects.session_info(data)
    assert (info.changed, info.archived) == (None, None)


def test_a_stack_is_no_part_of_a_problem() -> None:
    data = {"name": "UnknownError", "data": {"message": "It failed.\n    at f (/$bunfs/root/x.js:1)\n    at g"}}
    problem = v1_objects.problem(data)
    assert problem is not None
    assert problem.message == "It failed."


@pytest.mark.parametrize(
    ("before", "after", "status", "stated"),
    [
        ("", "a\n", "added", ""),
        ("a\n", "", "deleted", ""),
        ("a\n", "b\n", "modified", ""),
        ("a\n", "b\n", "renamed", "renamed"),
    ],
)
def test_whole_texts_become_a_patch_and_a_status(before: str, after: str, status: str, stated: str) -> None:
    """As 1.0 to 1.3 state a changed file; up to 1.1.31 without a status."""
    item = {"file": "a.py", "additions": 1, "deletions": 1, "before": before, "after": after, "status": stated}
    (found,) = project.diffs([item])
    assert found.status == status
    assert found.patch is not None
    assert ("+b\n" in found.patch) == (after == "b\n")


def test_a_file_without_texts_and_patch_has_no_status() -> None:
    assert project.diffs([{"file": "a.py"}, {"file": "b.py", "before": 1, "after": "x"}]) == (
        FileDiff("a.py"),
        FileDiff("b.py"),
    )
