"""The operator's settings: values that do not fit, names that are no settings, a secret that is none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError

from darsgah.commands.diagnosis.findings import Check, Finding, State
from darsgah.settings import PREFIX, SECRET_LENGTH, Settings, unknown_names


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    """What was set: how many, what is wrong with which, and variables named like settings that are none."""

    chosen: int
    wrong: Mapping[str, str]
    unknown: tuple[str, ...]
    secret_length: int | None


def read_settings() -> tuple[Settings, SettingsFacts]:
    """The settings, with the default in place of each wrong value, so that the rest can still be examined."""
    wrong: dict[str, str] = {}
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
        settings = Settings(**{name: Settings.model_fields[name].default for name in wrong})
    length = None if settings.secret is None else len(settings.secret)
    chosen = len(settings.model_fields_set - wrong.keys())
    return settings, SettingsFacts(chosen, wrong, tuple(unknown_names()), length)


def findings(facts: SettingsFacts) -> Iterator[Finding]:
    """What the facts mean."""
    if facts.wrong:
        yield Finding(
            Check.SETTINGS,
            State.MISSING,
            "; ".join(f"{_variable(name)}: {said}" for name, said in facts.wrong.items()),
            "Darsgah does not start with it; below, the default was examined instead.",
            tuple(f"unset {_variable(name)}" for name in facts.wrong),
        )
    else:
        found = f"{facts.chosen} chosen, the rest as they come"
        meaning = "docs/operations.md lists every setting."
        yield Finding(Check.SETTINGS, State.OK, found, meaning, values={"chosen": facts.chosen})
    if facts.unknown:
        yield Finding(
            Check.SETTING_NAMES,
            State.LIMITED,
            f"no such setting: {', '.join(facts.unknown)}",
            "It has no effect; a misspelt name leaves the default in force.",
            tuple(_correction(name) for name in facts.unknown),
        )
    if facts.secret_length is not None and facts.secret_length < SECRET_LENGTH:
        yield Finding(
            Check.SECRET,
            State.MISSING,
            f"DARSGAH_SECRET has {facts.secret_length} characters, and {SECRET_LENGTH} are the least",
            "It signs cookies: who guesses it can forge them. Darsgah does not start with it.",
            ('export DARSGAH_SECRET="$(openssl rand -base64 48)"',),
        )


def _variable(setting: str) -> str:
    return PREFIX + setting.upper()


def _correction(name: str) -> str:
    known = [_variable(setting) for setting in Settings.model_fields]
    close = get_close_matches(name.upper(), known, n=1, cutoff=0.8)
    return f'export {close[0]}="${name}" && unset {name}' if close else f"unset {name}"
