"""publisher.toml: read, checked, and searched for what nobody filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import SettingsError
from catalog.publisher import load_publisher, template_text
from catalog.settings import load_settings


def test_the_template_is_full_of_placeholders(tmp_path: Path) -> None:
    publisher = load_publisher(tmp_path / "publisher.toml")
    assert {"public_url", "contact", "publisher.name", "doi.prefix"} <= set(publisher.placeholders)
    assert "creators[0].orcid" in publisher.placeholders


def test_a_filled_in_file_has_no_placeholder(tmp_path: Path) -> None:
    path = tmp_path / "publisher.toml"
    path.write_text(template_text().replace("CHANGE-ME", "x").replace("10.99999", "10.5072"))
    publisher = load_publisher(path)
    assert publisher.placeholders == ()
    assert publisher.attribution_for("2014-2026").endswith("data 2014-2026")


@pytest.mark.parametrize(
    ("content", "fault"),
    [("title = ", "no TOML"), ("title = 'x'", "lacks the value")],
)
def test_a_broken_file_is_named_with_its_fault(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "publisher.toml"
    path.write_text(content)
    with pytest.raises(SettingsError, match=fault) as caught:
        load_publisher(path)
    assert str(path) in str(caught.value)


def test_a_prefix_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "publisher.toml"
    path.write_text(template_text().replace("10.99999", "99999"))
    with pytest.raises(SettingsError, match="DOI prefix"):
        load_publisher(path)


def test_the_command_line_goes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICELINES_WORKSPACE", "/elsewhere")
    assert load_settings().workspace.root == Path("/elsewhere")
    assert load_settings(tmp_path).workspace.root == tmp_path
    assert load_settings(tmp_path).database_url == f"sqlite:///{tmp_path}/catalog.sqlite"
