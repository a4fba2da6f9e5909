"""Find every text that the pages can show, and keep the catalogues up to date with it.

    python -m darsgah.ui.extraction        (make messages)

Texts come from the templates (``_()``, ``ngettext()`` and ``{% trans %}``), from ``Message("...")`` in
Python, and from the errors: the docstring of every subclass of ``DarsgahError`` and the literal that such
a class is raised with are what people read, so they need no mark. Of the grader, which knows no languages,
they are the fixed sentences for a learner (those by verdict, those that stand by themselves, and those that
refuse a notebook) and the words of ``FlagKind(...)``, which the platform has too.
"""

import ast
import io
import sys
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeGuard

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from darsgah.errors import DarsgahError
from darsgah.ui.language import DOMAIN, catalogue_path

PACKAGE = Path(__file__).resolve().parents[1]
GRADER = ("intake.py", "messages.py", "flags.py")
"""The modules of ``darsgah_grader`` whose sentences people read."""
SENTENCES = frozenset({"TO_BE_REVIEWED", "LATE_THREAD"})
"""Names of the grader's sentences for learners that stand by themselves."""
TRANSLATED = ("ur",)
JINJA_OPTIONS = {
    "trimmed": "true",
    "silent": "false",
    "newstyle_gettext": "true",
    "extensions": "jinja2.ext.do",
}
OPERATOR_ERRORS = frozenset({"SettingsInvalid"})
"""Errors that reach the terminal of an operator and never a page."""


def extracted() -> Catalog:
    """Every text of the pages, in the order of its files."""
    catalogue = Catalog(project="Darsgah", domain=DOMAIN, charset="utf-8", copyright_holder="Darsgah")
    for path in sorted(PACKAGE.rglob("*.html")):
        place = path.relative_to(PACKAGE).as_posix()
        with path.open("rb") as source:
            found = list(extract("jinja2", source, options=JINJA_OPTIONS))
        for _, text, comments, context in found:
            catalogue.add(text, locations=[(place, 0)], auto_comments=comments, context=context)
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        for text in _python_texts(path):
            catalogue.add(text, locations=[(place, 0)])
    for name in GRADER:
        for text in _grader_texts(files("darsgah_grader").joinpath(name).read_text()):
            catalogue.add(text, locations=[(f"darsgah_grader/{name}", 0)])
    return catalogue


def update(code: str) -> Catalog:
    """Bring one catalogue up to date: new texts come in empty, texts no longer used go.

    Nothing is guessed from similar texts: a wrong translation is worse than an English one.
    """
    path = catalogue_path(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = Catalog(locale=code)
    if path.exists():
        with path.open("rb") as source:
            catalogue = read_po(source, locale=code)
    catalogue.update(extracted(), no_fuzzy_matching=True, keep_user_comments=True)
    catalogue.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalogue, width=110, omit_header=True, sort_output=False, include_lineno=False)
    header = f'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    header += f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    path.write_bytes(header.encode() + written.getvalue())
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts without a full translation, or whose translation is only a guess."""
    missing = []
    for message in catalogue:
        if not message.id:
            continue
        forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.fuzzy or not all(forms):
            missing.append(str(message.id))
    return missing


def _python_texts(path: Path) -> Iterator[str]:
    """The texts of one module, in order: Message("..."), error classes' docstrings, errors' own words."""
    errors = _error_names()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef) and node.name in errors:
            documented = ast.get_docstring(node) or ""
            if text := documented.strip().split("\n\n")[0].replace("\n", " "):
                yield text
        elif _is_call(node, "FlagKind"):
            yield from _texts_among(node.args)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            named = node.func.id in errors or node.func.id == "Message"
            if named and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _grader_texts(source: str) -> Iterator[str]:
    """The fixed sentences of one module of the grader; those that quote a value stay in English."""
    for node in ast.walk(ast.parse(source)):
        said: list[ast.expr] = []
        if isinstance(node, ast.Dict):
            said = [value for key, value in zip(node.keys, node.values, strict=True) if _is_verdict(key)]
        elif _is_call(node, "_refuse"):
            said = node.args[1:]
        elif _is_call(node, "FlagKind"):
            said = node.args
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            said = [node.value] if node.targets[0].id in SENTENCES else []
        yield from _texts_among(said)


def _is_call(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _texts_among(nodes: list[ast.expr]) -> Iterator[str]:
    for text in nodes:
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield text.value


def _is_verdict(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) and key.value.id == "Verdict"


@cache
def _error_names() -> frozenset[str]:
    """The names of all classes of the package that derive from DarsgahError, found by their bases' names."""
    bases: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    names = {DarsgahError.__name__}
    while grown := {name for name, above in bases.items() if above & names} - names:
        names |= grown
    return frozenset(names - OPERATOR_ERRORS)


def main() -> int:
    """Update every catalogue and say what still wants a translation."""
    for code in TRANSLATED:
        missing = untranslated(update(code))
        sys.stdout.write(
            f"{catalogue_path(code).name} ({code}): {len(missing)} texts wait for a translation\n"
        )
        for text in missing:
            sys.stdout.write(f"  {text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
