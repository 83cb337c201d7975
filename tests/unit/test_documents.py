"""Documents that fail when they are wrong: links lead somewhere, commands and settings exist."""

import re
from pathlib import Path

import pytest

from churn.cli.app import app
from churn.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")])
TARGETS = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_targets_and_settings_exist(page):
    text = page.read_text()
    code = "\n".join(re.findall(r"^ {4}.+$|`[^`\n]+`", text, re.MULTILINE))
    commands = {command.name for command in app.registered_commands}
    assert set(re.findall(r"\bchurn ([a-z]+)\b", code)) <= commands
    assert set(re.findall(r"\bmake ([a-z-]+)", code)) <= TARGETS
    named = {name.lower() for name in re.findall(r"\bCHURN_([A-Z_]+)\b", text)} - {
        "settings",
        "corpora",
        "scheduled",
        "",
    }
    assert {name for name in named if not name.startswith(("_", "credential_"))} <= set(Settings.model_fields)


def test_the_paths_that_contributing_names_exist():
    page = (PROJECT / "CONTRIBUTING.md").read_text()
    paths = re.findall(r"`((?:churn|docs|tests|notebooks|dags)/[\w./-]+)`", page)
    assert len(paths) > 5
    assert [path for path in paths if not (PROJECT / path).exists()] == []
