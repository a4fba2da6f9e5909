"""Reads ``solutions/NAME.py``: another correct solution, as answer cells in one Python file.

The file opens with a docstring that says what is different about it; a line ``# %% GRADE_ID`` opens the
answer of that cell, which reaches to the next such line. Answers it leaves out are the reference's own.
"""

import ast
import re
from pathlib import PurePosixPath

from darsgah_labs.errors import LabInvalid
from darsgah_labs.format import Alternative
from darsgah_labs.notebook import SourceNotebook

CELL_MARK = re.compile(r"^# %% (?P<grade_id>\S+)[ \t]*$", re.MULTILINE)


def read_alternative(content: bytes, file: str, notebook: SourceNotebook) -> Alternative:
    """The solution in ``content``; every answer has to belong to an autograded answer cell of the notebook.

    Raises:
        LabInvalid: not Python, no note, no answers, or answers to cells that the notebook doesn't have.
    """
    if PurePosixPath(file).suffix != ".py":
        raise LabInvalid(file, "", "Only Python files belong here.", "Remove it, or end its name in .py.")
    try:
        source = content.decode("utf-8")
        note = ast.get_docstring(ast.parse(source))
    except (ValueError, SyntaxError, RecursionError) as error:
        raise LabInvalid(file, "", f"This is not Python: {error}.", "Mend it.") from error
    if not note:
        mend = "Open it with a docstring that says what this solution does differently."
        raise LabInvalid(file, "", "The file has no docstring.", mend)
    parts = CELL_MARK.split(source)
    cells = dict(zip(parts[1::2], (part.strip("\n") + "\n" for part in parts[2::2]), strict=True))
    if not cells:
        mend = "Open each answer with a line '# %% GRADE_ID'."
        raise LabInvalid(file, "", "The file has no answers.", mend)
    answers = {cell.grade_id for cell in notebook.graded if cell.is_answer and cell.cell_type == "code"}
    for grade_id in cells:
        if grade_id not in answers:
            problem = "The notebook has no such answer cell."
            mend = f"Its answer cells are: {', '.join(sorted(answers))}."
            raise LabInvalid(file, grade_id, problem, mend)
    return Alternative(name=PurePosixPath(file).stem, note=note.split("\n\n")[0], cells=cells)
