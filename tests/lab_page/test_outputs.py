"""What programs print: colours, lines written over, streams joined, and a bound on what is kept."""

import pytest

from tests.lab_page.scripts import evaluate

ANSI = '{ pieces, overwritten, withoutAnsi } from "./ansi"'
LIST = '{ OutputList, STREAM_CHARACTERS } from "./output_list"'
PRINTED = """(() => {
    const list = new OutputList((number: number) => `…${number}`);
    for (const [name, text] of given) list.add({ output_type: 'stream', name, text });
    return list.all;
})()"""
"""The outputs that come of texts printed one after the other."""


@pytest.mark.parametrize(
    ("written", "looks"),
    [
        ("a\x1b[31mb\x1b[0mc", [("a", ""), ("b", "ansi-red"), ("c", "")]),
        ("\x1b[1;92mx\x1b[22my", [("x", "ansi-green ansi-bold"), ("y", "ansi-green")]),
        ("\x1b[38;5;196mx\x1b[48;2;0;0;255my", [("x", "ansi-red"), ("y", "ansi-red ansi-on-blue")]),
        ("\x1b]0;title\x07a\x1b[2Kb\x1b[?25lc\x1b", [("abc", "")]),
        ("\x1b[7ma\x1b[27m<b>\x00", [("a", "ansi-inverse"), ("<b>", "")]),
    ],
)
def test_colours_become_names_and_all_else_goes(written: str, looks: list[tuple[str, str]]) -> None:
    found = evaluate(ANSI, "pieces(given)", written)
    assert [(piece["text"], piece["look"]) for piece in found] == looks


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("10%\r20%\r", "20%\r"),
        ("abc\rx\ny\r\nz", "xbc\ny\nz"),
        ("abc\b\bX", "aXc"),
        ("long line\r\x1b[Kok", "ok"),
        ("\u0633\u0644\u0627\u0645\rx", "x\u0644\u0627\u0645"),
    ],
)
def test_a_line_is_written_over(written: str, shown: str) -> None:
    assert evaluate(ANSI, "overwritten(given)", written) == shown


def test_a_progress_bar_in_many_pieces_is_one_line() -> None:
    texts = ["begin\n", "1%\r", "2%\r", "100%\n", "done"]
    outputs = evaluate(LIST, PRINTED, [["stdout", text] for text in texts])
    assert outputs == [{"output_type": "stream", "name": "stdout", "text": "begin\n100%\ndone"}]


def test_streams_that_take_turns_stay_apart() -> None:
    pairs = [["stdout", "a"], ["stdout", "b"], ["stderr", "c"], ["stdout", "d"]]
    assert [output["text"] for output in evaluate(LIST, PRINTED, pairs)] == ["ab", "c", "d"]


def test_a_loop_that_prints_for_ever_is_cut_and_says_so() -> None:
    half = "x" * 500_000
    printed, last = evaluate(LIST, PRINTED, [["stdout", half]] * 5 + [["stderr", "end"]])
    assert evaluate(LIST, "STREAM_CHARACTERS") == 2 * len(half)
    assert printed["text"] == half + half + "…1500000"
    assert last["text"] == "end"


def test_clearing_waits_for_the_next_output_and_displays_are_updated() -> None:
    script = """(() => {
        const list = new OutputList(() => '');
        const show = (text: string, display_id: string) => list.add({
            output_type: 'display_data',
            data: { 'text/plain': text },
            metadata: {},
            transient: { display_id },
        });
        const texts = () => list.all.map((one) => one.data['text/plain']);
        show('one', 'a'); show('two', 'b');
        const updated = [list.update('b', { 'text/plain': 'TWO' }, {}), list.update('c', {}, {})];
        const before = texts();
        list.clear(true);
        const waiting = texts();
        show('three', 'c');
        const after = texts();
        list.clear(false);
        return { updated, before, waiting, after, cleared: texts() };
    })()"""
    assert evaluate(LIST, script) == {
        "updated": [True, False],
        "before": ["one", "TWO"],
        "waiting": ["one", "TWO"],
        "after": ["three"],
        "cleared": [],
    }


def test_styles_are_gone_before_the_browser_reads_them_and_text_about_them_stays() -> None:
    given = [
        '<style scoped>a { b: c }</style><tr style="text-align: right;"\n STYLE = x><td class=a>1</td>',
        '<p title="a>b">the style = mine</p>',
        "<a " * 100_000,
    ]
    plain, text, endless = evaluate('{ unstyled } from "./sanitise"', "given.map(unstyled)", given)
    assert plain == (
        '<xmp scoped>a { b: c }</xmp><tr data-style="text-align: right;"\n data-style = x><td class=a>1</td>'
    )
    assert [text, endless] == given[1:]
