"""What the keeper of a draft sends, and in which order: nothing that was typed is without a version."""

import json

import pytest

from tests.lab_page.scripts import evaluate

IMPORTS = """
{ openDraft } from "./draft_keeper"
{ sendEverything } from "./sending_everything"
{ gather } from "../full-notebook/gathering"
{ Words } from "./words"
{ Server, notebook, page, sources, surround } from "../../tests/lab_page/keeper_surroundings"
"""


def what_the_server_has(steps: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The newest version and the earlier ones, after some steps with `draft`, `write` and `server`."""
    newest, kept = evaluate(
        IMPORTS,
        f"""await (async () => {{
          const begun = notebook({{ a: "begun", b: "begun" }});
          const server = new Server(begun, notebook({{ a: "given", b: "given" }}));
          const draft = await openDraft(surround({{ lab: server }}), "lab");
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


@pytest.mark.parametrize(
    ("present", "state", "said"),
    [
        ("page('key')", "saved", ""),
        ("page('none')", "refused", "Your session has ended"),
        ("page('another')", "refused", "Somebody else is signed in"),
        ("page('key', 503)", "unkept", ""),
        ("page(null)", "unkept", ""),
        ("(() => { throw new TypeError('no link'); })()", "unkept", ""),
    ],
)
def test_a_token_that_is_no_longer_good_is_renewed_or_it_is_said_why_not(
    present: str, state: str, said: str
) -> None:
    """A page that this browser kept tells nothing of who is signed in: there was no answer."""
    status = evaluate(
        IMPORTS,
        f"""await (async () => {{
          const server = new Server(notebook({{ a: "begun" }}), "");
          const draft = await openDraft(surround({{ lab: server }}, () => {present}), "lab");
          server.token = "fresh";
          let status = {{}};
          const nothing = () => undefined;
          draft.listen({{ status: (now) => (status = now), joining: nothing, joined: nothing }});
          draft.changed(JSON.parse(notebook({{ a: "typed" }})));
          await draft.flush().catch(() => undefined);
          const found = status;
          draft.close();
          return found;
        }})()""",
    )
    assert status["state"] == state
    assert said in status["detail"]


def test_a_notebook_that_was_too_large_is_sent_by_itself_once_it_is_smaller() -> None:
    refused, typed_on, saved, source = evaluate(
        IMPORTS,
        """await (async () => {
          const server = new Server(notebook({ a: "begun" }), "");
          const draft = await openDraft(surround({ lab: server }), "lab");
          const waited = (state: string) => new Promise<object>((resolve) => {
            const nothing = () => undefined;
            const status = (now: { state: string }) => now.state === state && resolve({ ...now });
            draft.listen({ status, joining: nothing, joined: nothing });
          });
          server.most = 900;
          draft.changed(JSON.parse(notebook({ a: "x".repeat(1000) })));
          await draft.flush().catch(() => undefined);
          const refused = await waited("refused");
          draft.changed(JSON.parse(notebook({ a: "x".repeat(1001) })));
          const typedOn = await waited("refused");
          draft.changed(JSON.parse(notebook({ a: "small" })));
          const saved = await waited("saved");
          draft.close();
          return [refused, typedOn, saved, sources(server.text).a];
        })()""",
    )
    assert (refused["detail"], refused["tooLarge"]) == ("larger", True)
    assert typed_on["tooLarge"]
    assert not saved["tooLarge"]
    assert source == "small"


def handed_in(before: str, send: str = 'sendEverything(data, new Words({}, "en"))') -> tuple[str, str]:
    """What is said, and the second notebook on the server, when the first one is handed in."""
    said, second = evaluate(
        IMPORTS,
        f"""await (async () => {{
          const server = (source: string) => new Server(notebook({{ a: source }}), "");
          const [first, second] = [server("first"), server("second")];
          const data = surround({{ first, second }});
          const other = await openDraft(data, "second");
          other.changed(JSON.parse(notebook({{ a: "typed in another window" }})));
          {before}
          const sent = {send};
          const said = await sent.then(() => "", ({{ message }}) => message);
          other.close();
          return [said, sources(second.text).a];
        }})()""",
    )
    return said, second


def test_what_another_window_has_not_sent_is_sent_before_the_lab_is_handed_in() -> None:
    assert handed_in("") == ("", "typed in another window")


def test_it_is_said_which_notebook_could_not_be_sent() -> None:
    said, second = handed_in("second.away = true;")
    assert second == "second"
    assert "the notebook second could not be sent. The server cannot be reached" in said


GATHER = """gather({
  account: data.account.key, notebooks: ["first", "second"], texts: {},
  draftsUrl: data.notebooks[0]!.draftUrl.replace("/first", ""),
} as any)"""


def test_the_full_notebook_too_has_other_windows_send_first() -> None:
    assert handed_in("", GATHER) == ("", "typed in another window")
    said, _ = handed_in("second.away = true;", GATHER)
    assert said.startswith("The notebook second is open in another window too, which could not send it. The")
