"""What the keeper of a draft sends, and in which order: nothing that was typed is without a version."""

import json

import pytest

from tests.lab_page.scripts import evaluate

IMPORTS = """
{ openDraft } from "./draft_keeper"
{ Server, notebook, sources, surround } from "../../tests/lab_page/keeper_surroundings"
"""


def what_the_server_has(steps: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The newest version and the earlier ones, after some steps with `draft`, `write` and `server`."""
    newest, kept = evaluate(
        IMPORTS,
        f"""await (async () => {{
          const begun = notebook({{ a: "begun", b: "begun" }});
          const server = new Server(begun, notebook({{ a: "given", b: "given" }}));
          const draft = await openDraft(surround(server));
          const write = (id: string, source: string) => draft.changed({{
            ...draft.notebook,
            cells: draft.notebook.cells.map((cell) => (cell.id === id ? {{ ...cell, source }} : cell)),
          }});
          {steps}
          await draft.flush();
          draft.close();
          return [sources(server.text), server.kept.map(sources)];
        }})()""",
    )
    return newest, kept


@pytest.mark.parametrize("choice", ["here", "there"])
def test_a_text_that_loses_a_choice_is_a_version(choice: str) -> None:
    texts = {"here": "typed here", "there": "typed there"}
    newest, kept = what_the_server_has(
        f"""
        write("a", "typed here");
        server.save(notebook({{ a: "typed there", b: "begun" }}), "another window");
        await draft.flush().catch(() => undefined);
        draft.choose({{ a: {json.dumps(choice)} }});
        """
    )
    assert newest["a"] == texts.pop(choice)
    [lost] = texts.values()
    assert lost in [version["a"] for version in kept]


def test_what_was_written_a_moment_before_starting_again_is_a_version() -> None:
    newest, kept = what_the_server_has('write("a", "a moment ago"); await draft.restore("original");')
    assert newest == {"a": "given", "b": "given"}
    assert {"a": "a moment ago", "b": "begun"} in kept
