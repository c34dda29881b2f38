"""Read the sample's catalogue: templates of errors, solutions of problems, questions to try.

Every file in ``catalog/`` is a mapping with any of the keys ``templates``, ``solutions``, ``questions``
and ``incident``; ``system``, ``service``, ``level`` and ``lang`` beside ``templates`` are defaults of that file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge_base.errors import InputError
from web.demo.values import KINDS, VARIABLE

CATALOG_DIR = Path(__file__).with_name("catalog")
LEVELS = frozenset({"WARN", "ERROR", "FATAL"})
LANGUAGES = frozenset({"en", "zh"})
EXPECTATIONS = frozenset({"solved", "unsolved", "unknown"})

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_TEMPLATE_KEYS = frozenset({"name", "problem", "system", "service", "level", "lang", "weight", "new", "text"})
_SOLUTION_KEYS = frozenset({"problem", "lang", "title", "cause", "body"})
_QUESTION_KEYS = frozenset({"text", "lang", "expect", "problem"})
_FILE_KEYS = frozenset({"system", "service", "level", "lang", "templates", "solutions", "questions", "incident"})
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class DemoTemplate:
    """One wording of an error; ``text`` holds variables such as ``{table}``, and may span lines.

    ``variables`` are those of the text, each once, in the order of their first use.
    ``problem`` is what it is an instance of, ``weight`` how often it is seen beside the others;
    ``new`` says that it is first seen in the last two days.
    """

    name: str
    problem: str
    system: str
    service: str
    level: str
    lang: str
    weight: float
    new: bool
    text: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoSolution:
    """What helps with a problem; ``body`` is Markdown."""

    problem: str
    lang: str
    title: str
    cause: str
    body: str


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """Something to try on the ask page; ``expect`` is ``solved``, ``unsolved`` or ``unknown``."""

    text: str
    lang: str
    expect: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that the sample is made of; ``incident`` is the problem that spikes."""

    templates: tuple[DemoTemplate, ...]
    solutions: tuple[DemoSolution, ...]
    questions: tuple[DemoQuestion, ...]
    incident: str

    @property
    def problems(self) -> frozenset[str]:
        """The problems that the templates are instances of."""
        return frozenset(template.problem for template in self.templates)


def load_catalog(directory: Path = CATALOG_DIR) -> Catalog:
    """Read and check all files of a directory, in the order of their names.

    Raises :class:`InputError` that names the file and the entry.
    """
    templates: list[DemoTemplate] = []
    solutions: list[DemoSolution] = []
    questions: list[DemoQuestion] = []
    incidents: list[str] = []
    for path in sorted(directory.glob("*.yaml")):
        document = _read(path)
        for entry, where in _entries(document, "templates", path):
            templates.append(_template(entry, document, where))
        for entry, where in _entries(document, "solutions", path):
            solutions.append(_solution(entry, where))
        for entry, where in _entries(document, "questions", path):
            questions.append(_question(entry, where))
        if "incident" in document:
            incidents.append(_text(document, "incident", path.name))
    if len(incidents) != 1:
        raise InputError(f"{directory}: the files name {len(incidents)} incidents; name exactly one problem")
    catalog = Catalog(tuple(templates), tuple(solutions), tuple(questions), incidents[0])
    _check_whole(catalog)
    return catalog


def _read(path: Path) -> Mapping[str, object]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path.name}: cannot be read as YAML: {error}") from error
    if not isinstance(document, dict):
        raise InputError(f"{path.name}: must be a mapping with templates, solutions, questions or incident")
    _no_other_keys(document, _FILE_KEYS, path.name)
    return document


def _entries(document: Mapping[str, object], key: str, path: Path) -> Iterable[tuple[Mapping[str, object], str]]:
    entries = document.get(key, [])
    if not isinstance(entries, list):
        raise InputError(f"{path.name}: {key} must be a list")
    for number, entry in enumerate(entries, 1):
        where = f"{path.name}: {key} entry {number}"
        if not isinstance(entry, dict):
            raise InputError(f"{where}: must be a mapping")
        name = entry.get("name") or entry.get("problem")
        yield entry, f"{where} ({name})" if name else where


def _template(entry: Mapping[str, object], document: Mapping[str, object], where: str) -> DemoTemplate:
    _no_other_keys(entry, _TEMPLATE_KEYS, where)
    defaults = {key: document[key] for key in ("system", "service", "level", "lang") if key in document}
    merged = {"weight": 1, "new": False, "lang": "en", "level": "ERROR", **defaults, **entry}
    text = _text(merged, "text", where)
    for name, _ in VARIABLE.findall(text):
        if name not in KINDS:
            raise InputError(f"{where}: unknown variable {{{name}}}; it must be one of values.py")
    if set("{}") & set(VARIABLE.sub("", text)):
        raise InputError(f"{where}: a brace that is not part of a variable")
    weight, new = merged["weight"], merged["new"]
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
        raise InputError(f"{where}: weight must be a number above 0, not {weight!r}")
    if not isinstance(new, bool):
        raise InputError(f"{where}: new must be true or false, not {new!r}")
    return DemoTemplate(
        name=_slug(merged, "name", where),
        problem=_slug(merged, "problem", where),
        system=_text(merged, "system", where),
        service=_text(merged, "service", where),
        level=_among(merged, "level", LEVELS, where),
        lang=_among(merged, "lang", LANGUAGES, where),
        weight=float(weight),
        new=new,
        text=text,
        variables=tuple(dict.fromkeys(name + digit for name, digit in VARIABLE.findall(text))),
    )


def _solution(entry: Mapping[str, object], where: str) -> DemoSolution:
    _no_other_keys(entry, _SOLUTION_KEYS, where)
    return DemoSolution(
        problem=_slug(entry, "problem", where),
        lang=_among({"lang": "en", **entry}, "lang", LANGUAGES, where),
        title=_text(entry, "title", where),
        cause=_text(entry, "cause", where),
        body=_text(entry, "body", where),
    )


def _question(entry: Mapping[str, object], where: str) -> DemoQuestion:
    _no_other_keys(entry, _QUESTION_KEYS, where)
    expect = _among(entry, "expect", EXPECTATIONS, where)
    if (expect == "unknown") != ("problem" not in entry):
        raise InputError(f"{where}: a question names its problem unless it expects unknown")
    return DemoQuestion(
        text=_text(entry, "text", where),
        lang=_among({"lang": "en", **entry}, "lang", LANGUAGES, where),
        expect=expect,
        problem=_slug(entry, "problem", where) if "problem" in entry else None,
    )


def _check_whole(catalog: Catalog) -> None:
    """Check what concerns several entries."""
    _no_repeats("template name", (template.name for template in catalog.templates))
    _no_repeats("template text", (template.text for template in catalog.templates))
    _no_repeats("solution for problem", (solution.problem for solution in catalog.solutions))
    problems = catalog.problems
    solved = {solution.problem for solution in catalog.solutions}
    for problem in sorted(solved - problems):
        raise InputError(f"solution for {problem}: no template has this problem")
    if catalog.incident not in problems:
        raise InputError(f"incident {catalog.incident}: no template has this problem")
    for question in catalog.questions:
        if question.problem is None:
            continue
        if question.problem not in problems:
            raise InputError(f"question {question.text[:60]!r}: no template has the problem {question.problem}")
        if (question.expect == "solved") != (question.problem in solved):
            raise InputError(f"question {question.text[:60]!r}: {question.problem} is not {question.expect}")


def _no_repeats(what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise InputError(f"{what} {value[:80]!r} is there twice")
        seen.add(value)


def _no_other_keys(entry: Mapping[str, object], allowed: frozenset[str], where: str) -> None:
    other = sorted(str(key) for key in entry if key not in allowed)
    if other:
        raise InputError(f"{where}: unknown field {other[0]!r}; allowed are {', '.join(sorted(allowed))}")


def _text(entry: Mapping[str, object], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: {key} must be a text that is not empty")
    return value.rstrip("\n")


def _slug(entry: Mapping[str, object], key: str, where: str) -> str:
    value = _text(entry, key, where)
    if not _SLUG.match(value):
        raise InputError(f"{where}: {key} must be lower-case words joined by hyphens, not {value!r}")
    return value


def _among(entry: Mapping[str, object], key: str, allowed: frozenset[str], where: str) -> str:
    value = _text(entry, key, where)
    if value not in allowed:
        raise InputError(f"{where}: {key} must be one of {', '.join(sorted(allowed))}, not {value!r}")
    return value
