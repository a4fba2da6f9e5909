"""What a learner is told a graded cell is about: the author's word, else the heading it stands under."""

import re
from collections import Counter
from collections.abc import Mapping

from darsgah_grader.notebook import CellKind, Notebook

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_MARKUP = re.compile(r"[*_`]|!?\[(?P<text>[^\]]*)\]\([^)]*\)")
_LENGTH = 120


def titles_of(notebook: Notebook) -> Mapping[str, str]:
    """The title of every cell with a grade_id, told apart by a number where several share a heading.

    In this order: the cell's own ``metadata.darsgah.title``; the last Markdown heading at or before the cell;
    the grade_id with its dashes and underscores opened.
    """
    heading = ""
    found: list[tuple[str, str, bool]] = []
    for cell in notebook.cells:
        if cell.kind is CellKind.MARKDOWN and not cell.nbgrader.get("solution"):  # not of a model answer
            heading = _last_heading(cell.source) or heading
        if cell.grade_id:
            named = cell.title[:_LENGTH]
            carries_points = bool(cell.nbgrader.get("grade") or cell.nbgrader.get("task"))
            found.append((cell.grade_id, named or heading or humanised(cell.grade_id), carries_points))
    shared = Counter(title for _, title, carries_points in found if carries_points)
    numbers: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for grade_id, title, carries_points in found:
        if carries_points and shared[title] > 1:
            numbers[title] += 1
            titles[grade_id] = f"{title} ({numbers[title]})"
        else:
            titles[grade_id] = title
    return titles


def humanised(grade_id: str) -> str:
    """A grade_id as words: ``sum_of-squares`` is ``Sum of squares``."""
    words = re.sub(r"[-_]+", " ", grade_id).strip()
    return words[:1].upper() + words[1:]


def _last_heading(source: str) -> str:
    headings = _HEADING.findall(_FENCE.sub("", source))
    if not headings:
        return ""
    return _MARKUP.sub(lambda match: match["text"] or "", headings[-1]).strip()[:_LENGTH]
