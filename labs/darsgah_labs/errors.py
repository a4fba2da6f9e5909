"""The errors of labs: one of the format, one of the browser's Python that a lab is tried in."""


class LabInvalid(Exception):  # noqa: N818 - named after the state of the lab, as the platform's errors are
    """A lab cannot be read as it is; the message is for its author and says how to mend it.

    Attributes:
        file: path inside the lab, or the lab's own name when no single file is at fault.
        field: the key, cell or line in that file; empty when the whole file is meant.
        problem: what is wrong, one sentence.
        mend: what to do about it, one sentence.
    """

    def __init__(self, file: str, field: str, problem: str, mend: str) -> None:
        place = f"{file}, {field}" if field else file
        super().__init__(f"{place}: {problem} {mend}")
        self.file = file
        self.field = field
        self.problem = problem
        self.mend = mend


class BrowserRuntimeMissing(Exception):  # noqa: N818 - named after the state, as above
    """The browser's Python cannot be run here; the message says what is missing and what brings it."""
