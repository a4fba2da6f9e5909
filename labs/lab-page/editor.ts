/** The editors of cells, on CodeMirror; a chunk of its own, so that the page can be read before it is there. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  startCompletion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { EditorState, RangeSetBuilder, type Extension } from "@codemirror/state";
import {
  Decoration,
  Direction,
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from "@codemirror/view";
import { classHighlighter, highlightTree } from "@lezer/highlight";

import { adoptEditorStyles } from "./editor_styles";
import type { Completion } from "./kernel";

adoptEditorStyles();

/** What an editor asks of the page, and tells it. */
export interface EditorHost {
  changed(source: string): void;
  /** The learner leaves the editor for its cell. */
  left(): void;
  /** The caret tries to go past the first or the last line. */
  past(direction: "up" | "down"): boolean;
  run(after: "stay" | "next" | "insert"): void;
  complete(source: string, cursor: number): Promise<Completion | null>;
  help(source: string, cursor: number): void;
}

export interface EditorOptions {
  language: "python" | "text";
  source: string;
  label: string;
  host: EditorHost;
}

/** One cell's editor. */
export class CellEditor {
  readonly view: EditorView;

  constructor(parent: HTMLElement, options: EditorOptions) {
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: options.source,
        extensions: [
          EditorView.contentAttributes.of({ "aria-label": options.label, tabindex: "0" }),
          ...extensions(options),
        ],
      }),
    });
    // Who comes by Tab leaves by Tab; from the first change on it indents, and Escape leaves.
    this.view.contentDOM.addEventListener("focus", () => this.view.setTabFocusMode(true));
    this.view.contentDOM.addEventListener("pointerdown", () => this.view.setTabFocusMode(false));
  }

  get source(): string {
    return this.view.state.doc.toString();
  }

  /** Replace what differs and nothing else, so that the caret stays where it is. */
  set source(text: string) {
    const before = this.source;
    if (before === text) return;
    let from = 0;
    while (from < Math.min(before.length, text.length) && before[from] === text[from]) from += 1;
    let end = 0;
    const most = Math.min(before.length, text.length) - from;
    while (end < most && before[before.length - 1 - end] === text[text.length - 1 - end]) end += 1;
    this.view.dispatch({ changes: { from, to: before.length - end, insert: text.slice(from, text.length - end) } });
  }

  focus(place: "start" | "end" | "kept" = "kept"): void {
    this.view.focus();
    this.view.setTabFocusMode(false);
    if (place === "kept") return;
    this.view.dispatch({ selection: { anchor: place === "start" ? 0 : this.view.state.doc.length } });
  }

  /** Put the caret where the learner pointed. */
  focusAt(x: number, y: number): void {
    this.focus();
    const place = this.view.posAtCoords({ x, y });
    if (place !== null) this.view.dispatch({ selection: { anchor: place } });
  }

  destroy(): void {
    this.view.destroy();
  }
}

/** Python with the classes of `lab.css`, as it stands in a cell before its editor is there. */
export function highlighted(source: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let place = 0;
  highlightTree(pythonLanguage.parser.parse(source), classHighlighter, (from, to, names) => {
    fragment.append(source.slice(place, from));
    const token = document.createElement("span");
    token.className = names;
    token.textContent = source.slice(from, to);
    fragment.append(token);
    place = to;
  });
  fragment.append(source.slice(place));
  return fragment;
}

function extensions(options: EditorOptions): Extension[] {
  const { host } = options;
  const shown = [
    highlightSpecialChars(),
    drawSelection(),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      if (update.view.hasFocus) update.view.setTabFocusMode(false);
      host.changed(update.state.doc.toString());
    }),
    keymap.of([...cellKeys(options), ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
    history(),
  ];
  if (options.language === "text") {
    return [...shown, EditorView.lineWrapping, EditorView.perLineTextDirection.of(true)];
  }
  return [
    ...shown,
    pythonLanguage,
    indentUnit.of("    "),
    EditorState.tabSize.of(4),
    syntaxHighlighting(classHighlighter),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    autocompletion({ override: [(context) => completions(context, host)], defaultKeymap: false, icons: false }),
    isolatedText,
  ];
}

/** Keys that mean something to the cell; Escape leaves, so that Tab can indent and nobody is caught. */
function cellKeys(options: EditorOptions) {
  const { host } = options;
  const run = (after: "stay" | "next" | "insert") => () => {
    host.run(after);
    return true;
  };
  const edge = (direction: "up" | "down") => (view: EditorView) => {
    const { main } = view.state.selection;
    const line = view.state.doc.lineAt(main.head);
    const outer = direction === "up" ? line.number === 1 : line.number === view.state.doc.lines;
    return main.empty && outer && completionStatus(view.state) === null && host.past(direction);
  };
  const python = options.language === "python";
  return [
    ...(python ? completionKeymap : []),
    { key: "Shift-Enter", run: run("next") },
    { key: "Mod-Enter", run: run("stay") },
    { key: "Ctrl-Enter", run: run("stay") },
    { key: "Alt-Enter", run: run("insert") },
    { key: "ArrowUp", run: edge("up") },
    { key: "ArrowDown", run: edge("down") },
    {
      key: "Escape",
      run: () => {
        host.left();
        return true;
      },
    },
    ...(python ? [{ key: "Tab", run: tab, shift: (view: EditorView) => backTab(view, host) }] : []),
  ];
}

/** Completes after a name or a dot, indents elsewhere. */
function tab(view: EditorView): boolean {
  if (completionStatus(view.state) === "active") return acceptCompletion(view);
  const { main } = view.state.selection;
  const before = view.state.sliceDoc(Math.max(0, main.head - 1), main.head);
  if (main.empty && /[\w.\u0080-\uffff]/.test(before)) return startCompletion(view);
  if (!main.empty) return indentMore(view);
  view.dispatch(view.state.replaceSelection(view.state.facet(indentUnit)));
  return true;
}

/** Help about a name, or one step of indentation less. */
function backTab(view: EditorView, host: EditorHost): boolean {
  const { main } = view.state.selection;
  const before = view.state.sliceDoc(Math.max(0, main.head - 1), main.head);
  if (main.empty && /[\w)(.]/.test(before)) {
    host.help(view.state.doc.toString(), main.head);
    return true;
  }
  return indentLess(view);
}

async function completions(context: CompletionContext, host: EditorHost): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w.\u0080-\uffff]+/);
  if (!context.explicit && (!word || /^\d/.test(word.text))) return null;
  const node = syntaxTree(context.state).resolveInner(context.pos, -1).name;
  if (!context.explicit && /Comment|String/.test(node)) return null;
  const found = await host.complete(context.state.doc.toString(), context.pos);
  if (!found || context.aborted || found.matches.length === 0) return null;
  return {
    from: found.from,
    to: found.to,
    options: found.matches.map((match) => ({ label: match.text, detail: match.type })),
    validFor: /^[\w\u0080-\uffff]*$/,
  };
}

/** Texts and comments each read on their own, so that two Urdu texts in a list do not change places. */
const ISOLATED = Decoration.mark({ class: "lab-isolated", bidiIsolate: Direction.LTR });
const isolatedText = ViewPlugin.fromClass(
  class {
    marks: DecorationSet;

    constructor(view: EditorView) {
      this.marks = isolates(view);
    }

    update(update: ViewUpdate): void {
      const parsed = syntaxTree(update.state) !== syntaxTree(update.startState);
      if (update.docChanged || update.viewportChanged || parsed) this.marks = isolates(update.view);
    }
  },
  {
    decorations: (plugin) => plugin.marks,
    provide: (plugin) => EditorView.bidiIsolatedRanges.of((view) => view.plugin(plugin)?.marks ?? Decoration.none),
  },
);

function isolates(view: EditorView): DecorationSet {
  const found = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: (node) => {
        const inOneLine = view.state.doc.lineAt(node.from).to >= node.to;
        if (!/^(String|FormatString|Comment)$/.test(node.name) || !inOneLine) return;
        found.add(node.from, node.to, ISOLATED);
        return false;
      },
    });
  }
  return found.finish();
}
