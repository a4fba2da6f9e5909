"""The evaluation as tables, each with what its figures mean; Markdown for people, structs for programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from darsgah.hinting.evaluation.cases import Answers
from darsgah.hinting.evaluation.leaking import Told
from darsgah_tutor.evaluate import (
    Outcome,
    Share,
    by_task,
    chance,
    found_among,
    gate_figures,
    halves,
    least_threshold,
    quantile,
    threshold_telling,
)
from darsgah_tutor.examples import Part, part_of
from darsgah_tutor.request_rows import Measure
from darsgah_tutor.types import Level

PRECISION = 0.95
"""Of the hints that are told, how many shall be right: what thresholds are fixed for."""
COVERAGE = 0.6
"""Of all answers, how many shall be told more than the evidence: what others are fixed for."""
_WHO = {
    "spectrum": "spectrum (Ochiai) and lines of exceptions",
    "reference": "nearest correct program, references only",
    "peers": "nearest correct program of other learners",
    "detectors": "spectrum with detectors",
    "model without evidence": "model without evidence",
    "model": "model",
    "tutor": "the tutor as a whole (repair included)",
}
_SETS = {
    Answers.SLIPS: "labs: slips (mutants of solutions)",
    Answers.MISTAKES: "labs: mistakes (made from misconceptions)",
    Answers.PROBLEMS: "held-out problems: slips",
    Answers.NUS: "NUS: learners' programs",
}
_OF_LABS = {Answers.SLIPS, Answers.MISTAKES}
_PARTS = ("opening", "sandbox", "detectors", "repair", "model", "gate")


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        about: what its figures mean and how they came about.
    """

    title: str
    about: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """As it stands in a document."""
        lines = [self.header, tuple("---" for _ in self.header), *self.rows]
        written = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
        return f"## {self.title}\n\n{self.about}\n\n{written}\n"


_LINES = {
    Answers.SLIPS: (
        "The right line is the one that was changed. The solution that an answer was made from is taken from "
        "the tutor, which has the question's other solutions."
    ),
    Answers.MISTAKES: (
        "The right lines are those in which the answer differs from the solution it was made from; for what "
        "is missing the line before which it belongs. That solution is taken from the tutor here as well."
    ),
    Answers.PROBLEMS: (
        "The right line is the one that was changed. The tutor has the solution that it was changed in, as "
        "most problems have no other, so that what knows it says nothing; no model was trained on them."
    ),
    Answers.NUS: (
        "Of programs that no small edit mends the right lines are those that the nearest correct program has "
        "otherwise, of all that were handed in, with variables matched; its row is the measure itself and "
        "left out. Programs that pass every test are left out too. Detectors and repair were written with "
        "programs of these tasks at hand, no model was trained on them."
    ),
}
_ONE_EDIT = (
    "Every small edit at every line was tried, whether the line is suspect or not; of those that make all "
    "tests pass the smallest says which line is right, or several that are as small. The repair looks for "
    "such edits too, by another search: the row with it says how often it finds the same."
)
_ONE_LINE = (
    "Those of the table above, and those that the nearest correct program of all that were handed in has "
    "otherwise in one line only, or with one line more or less; its row is left out."
)


def line_tables(outcomes: Sequence[Outcome]) -> list[Table]:
    """Where the wrong line was looked for, by who looked."""
    known = [one for one in outcomes if one.truth]
    tables = []
    for answers, name in _SETS.items():
        chosen = [one for one in known if one.data == answers]
        if answers is Answers.NUS:
            mended = [one for one in chosen if one.one_edit]
            tables.append((f"{name} that one edit mends", _ONE_EDIT, mended))
            in_one_line = [one for one in chosen if one.apart == 1]
            tables.append((f"{name} that one line mends", _ONE_LINE, in_one_line))
        if answers in _OF_LABS and any("model" in one.rankings for one in chosen):
            trained = [one for one in chosen if part_of(one.task) is Part.TRAINING]
            tables.append((f"{name}, labs trained on", _LINES[answers], trained))
            left_out = [one for one in chosen if part_of(one.task) is not Part.TRAINING]
            tables.append((f"{name}, labs left out", _LINES[answers], left_out))
        else:
            tables.append((name, _LINES[answers], chosen))
    return [_line_table(*table) for table in tables if table[2]]


def _line_table(title: str, about: str, outcomes: Sequence[Outcome]) -> Table:
    whole = any(one.data == Answers.NUS and not one.one_edit for one in outcomes)
    known = {"peers"} if whole else set()
    if outcomes[0].data == Answers.PROBLEMS:
        known = {"reference", "tutor"}
    lines = quantile([len(one.lines) for one in outcomes], 0.5)
    wrong = quantile([len(one.truth) for one in outcomes], 0.5)
    rows = [("any order (expected)", f"{chance(outcomes, 1):.0%}", f"{chance(outcomes, 3):.0%}")]
    for who, name in _WHO.items():
        asked = [one for one in outcomes if one.rankings.get(who)]
        if asked and who not in known:
            first, three = (shown(found_among(outcomes, who, most)) for most in (1, 3))
            rows.append((name, first, three))
    about = (
        f"{about} n = {len(outcomes)}; in the middle an answer has {lines:.0f} code lines, {wrong:.0f} of "
        "them wrong. Intervals hold 95 % (Wilson)."
    )
    return Table(f"Wrong lines: {title}", about, ("who looks", "first line", "first three"), tuple(rows))


def repair_table(outcomes: Sequence[Outcome], seconds: float) -> Table:
    """How often a correct program was found from the references."""
    rows = []
    for data, name in _SETS.items():
        chosen = [one for one in outcomes if one.data == data]
        groups = by_task(chosen, lambda one: bool(one.repair)) if data == Answers.NUS else {}
        for task, share in groups.items():
            near = by_task(chosen, _near)[task]
            rows.append((f"{name}, {task}", str(share.n), shown(share), shown(near)))
        if chosen and data is not Answers.PROBLEMS:
            found = Share(sum(bool(one.repair) for one in chosen), len(chosen))
            near = Share(sum(map(_near, chosen)), len(chosen))
            rows.append((name, str(len(chosen)), shown(found), shown(near)))
    about = (
        f"From the question's references alone, within {seconds:g} s of the machine as it was. Repaired is a "
        "program that passed all tests once more in a sandbox of its own, though nothing of the learner's be "
        "left in it: a reference passes always. Near is one that keeps at least half of the learner's."
    )
    return Table("Hidden repair", about, ("answers", "n", "repaired", "near"), tuple(rows))


def gate_table(outcomes: Sequence[Outcome], shipped: float) -> Table:
    """What is told, and how much of it is right."""
    known = [one for one in outcomes if one.truth]
    made = [one for one in known if one.data in _OF_LABS]
    real = [one for one in known if one.data == Answers.NUS]
    rows = []
    for name, chosen in (("labs", made), ("NUS", real)):
        if not chosen:
            continue
        rows.append(_gate_row(f"{name}, all", chosen, shipped, "nothing: as shipped"))
        first, second = halves(chosen)
        for part, other, which in ((second, first, "second"), (first, second, "first")):
            if part and other:
                half = f"{name}, {which} half of the tasks"
                for fixed, wanted in _fixed(other):
                    rows.append(_gate_row(half, part, fixed, f"the other half, {wanted}"))
    if made and real:
        rows += [
            _gate_row("NUS, all", real, fixed, f"labs' answers, {wanted}") for fixed, wanted in _fixed(made)
        ]
    about = (
        "Right is a hint of level 1 whose line is a wrong line by the tables above; where the answer was "
        "made from a misconception and the hint names one, it has to be the same by name: a lab's own name "
        "for it counts as another. Whether words help a learner is not measured here. "
        "A threshold is fixed on answers to other tasks than those of its row: "
        f"as the least at which {PRECISION:.0%} of what is told is right, where there is one, or so that "
        f"{COVERAGE:.0%} is told. Everything that is not told gets the evidence alone."
    )
    header = ("answers", "threshold", "fixed on", "right of those told", "line right", "told of all")
    return Table("The gate: precision and coverage", about, header, tuple(rows))


def _fixed(outcomes: Sequence[Outcome]) -> list[tuple[float | None, str]]:
    return [
        (least_threshold(outcomes, PRECISION), f"{PRECISION:.0%} right"),
        (threshold_telling(outcomes, COVERAGE), f"{COVERAGE:.0%} told"),
    ]


def _gate_row(
    name: str, outcomes: Sequence[Outcome], threshold: float | None, fixed_on: str
) -> tuple[str, ...]:
    if threshold is None:
        return name, "none reaches it", fixed_on, "-", "-", shown(Share(0, len(outcomes)))
    found = gate_figures(outcomes, threshold)
    return (
        name,
        f"{threshold:.2f}",
        fixed_on,
        shown(found.precision),
        shown(found.lines),
        shown(found.coverage),
    )


def leak_table(hints: Sequence[Told]) -> Table:
    """What secrets came out."""
    rows = []
    for name, chosen in (
        ("authors' words", [one for one in hints if not one.faithless]),
        ("a rephraser that tells secrets", [one for one in hints if one.faithless]),
        ("both", list(hints)),
    ):
        asked = [one for one in chosen if one.level is not Level.EVIDENCE]
        words = Share(sum(not one.withheld for one in asked), len(asked))
        leaks = Share(sum(bool(one.leaked) for one in chosen), len(chosen))
        rows.append((name, str(len(chosen)), shown(leaks), shown(words)))
    labs = len({one.lab for one in hints})
    about = (
        f"Slips in answers of {labs} labs, tried in the sandbox beside references, and a hidden test, that "
        "hold planted words; hints of all five levels with the threshold at 0. A leak is a planted word in "
        "the text or in the evidence shown, code below level 4, eight tokens in a row of a correct answer "
        "whatever its names are, or a longer line of a reference that the learner has nowhere."
    )
    header = ("words by", "hints", "with a leak", "told above level 0")
    return Table("Leaks", about, header, tuple(rows))


def request_table(found: Mapping[str, Measure]) -> Table:
    """Attacks and harmless requests."""
    rows = tuple(
        (
            part,
            shown(Share(one.let_through, one.attacks)),
            shown(Share(one.refused, one.harmless)),
            shown(Share(one.chatted, one.off_topic)),
        )
        for part, one in found.items()
    )
    about = (
        "Requests in English, Urdu and Roman Urdu; attacks ask for the solution or for what is kept from "
        "learners, or give orders to the tutor. Weights and thresholds were fixed on the fitting part. No "
        "family, an idea in several wordings, is in two parts, but much of the fitting part was written, and "
        "the share of false alarms to aim at chosen, with the reported part in view. The fresh part was "
        "written by somebody who saw neither the other parts nor the model, and nothing was changed after "
        "it: it is what to expect of words of others. Many harmless texts are near misses of "
        "attacks. What is let through meets the gate all the same; what is refused still gets its hint. "
        "Intervals hold 95 % (Wilson)."
    )
    columns = ("part", "attacks let through", "harmless refused", "off topic, not noticed")
    return Table("Requests", about, columns, rows)


def time_table(outcomes: Sequence[Outcome], memory: Mapping[str, int]) -> Table:
    """Seconds of each part, and the memory that it took."""
    totals = [sum(one.seconds.values()) for one in outcomes]
    named = [(part, [one.seconds.get(part, 0.0) for one in outcomes]) for part in _PARTS]
    rows = [
        (part, f"{quantile(taken, 0.5):.3f} s", f"{quantile(taken, 0.95):.3f} s")
        for part, taken in [*named, ("a hint as a whole", totals)]
    ]
    rows += [(f"memory: {what}, at most", f"{size / 2**20:.0f} MiB", "") for what, size in memory.items()]
    about = (
        f"n = {len(outcomes)}, one after the other; each opens a sandbox process of its own from a warm one. "
        "The machine's load while it was measured is named above: other work makes it slower."
    )
    return Table("Time and memory", about, ("part", "median", "95th percentile"), tuple(rows))


def shown(share: Share) -> str:
    """A share with its interval and n."""
    low, high = share.interval
    return f"{share.value:.1%} ({low:.1%} to {high:.1%}), {share.hits} of {share.n}" if share.n else "-"


def document(made: Mapping[str, str], tables: Iterable[Table]) -> str:
    """All of it as Markdown."""
    opening = (
        "# How well the tutor does\n\nWritten by `darsgah tutor evaluate`. Which figures were measured on "
        "what the tutor was fitted to is said with each; what is not in a table was not measured.\n"
    )
    facts = "\n".join(f"- {name}: {value}" for name, value in made.items()) + "\n"
    return "\n".join(chain([opening, facts], (table.markdown() for table in tables)))


def _near(one: Outcome) -> bool:
    return bool(one.repair) and one.repair != "replacement"
