/** The lab page: the notebook, its kernel and its keeper joined, and every button and key with its meaning. */
import { Announcer } from "./announcer";
import { Bar, type Commands } from "./bar";
import { CellList, type ListHost } from "./cell_list";
import type { AfterRun, CellView } from "./cell_view";
import { Checker } from "./checker";
import { firstFailing, toKeep, type CheckResult } from "./check_plan";
import { checkWords, doubts } from "./check_words";
import { CodeCellView } from "./code_cell";
import { confirmed } from "./dialogs";
import type { Conflict, Draft } from "./draft";
import { refusal } from "./draft_server";
import { editors } from "./editor_loading";
import { button, make } from "./elements";
import type { HandingIn } from "./handing_in";
import type { Kernel } from "./kernel";
import { KernelWatch } from "./kernel_watch";
import { listenToKeys } from "./keys";
import type { LabData } from "./lab_data";
import type { Notebook } from "./notebook";
import { writeNotebook } from "./notebook_format";
import { Outline } from "./outline";
import { stateOf } from "./question_panel";
import { isOwn, questionByCell, type Question } from "./questions";
import { Runner } from "./runner";
import { sendEverything } from "./sending_everything";
import { workStatus } from "./states";
import { why } from "./why_not";
import type { Words } from "./words";

/** Milliseconds after a change until the keeper hears of it: one call for a burst of keys. */
const SETTLE = 200;

export class LabPage {
  private readonly bar: Bar;
  private readonly list: CellList;
  private readonly outline: Outline;
  private readonly runner: Runner;
  private readonly checker: Checker;
  private handingIn: HandingIn | null = null;
  private readonly announcer = new Announcer();
  private waiting = 0;

  constructor(
    private readonly data: LabData,
    private readonly draft: Draft,
    private readonly kernel: Kernel,
    private readonly words: Words,
  ) {
    const commands = this.commands();
    this.bar = new Bar(words, commands, data.fullNotebookUrl);
    this.list = new CellList(draft.notebook, this.listHost());
    this.outline = new Outline(words);
    const codeCell = (id: string) => this.list.codeCell(id);
    this.runner = new Runner(kernel, { words, codeCell, outputsChanged: () => this.changed(), failed: ({ cell }) => this.checker.failed(cell) });
    this.checker = new Checker(this.runner, {
      words,
      cells: () => this.list.cells(),
      questions: () => this.list.questions,
      codeCell,
      checked: (question, result) => this.checked(question, result),
    });
    this.checker.takeOver(draft.checks);
    new KernelWatch(kernel, this.bar, this.announcer, words, {
      lost: () => this.runner.forget(),
      idle: () => this.runner.settle(),
      restart: () => void this.restart(),
    });
  }

  /** Put the page in the place of what the server left there. */
  show(place: HTMLElement): void {
    const { words } = this;
    const ends = make(
      "div",
      { class: "lab-end" },
      button(words.say("Add code"), () => this.addAtEnd("code")),
      button(words.say("Add text"), () => this.addAtEnd("markdown")),
    );
    const keys = make("p", { id: "lab-keys", hidden: true }, words.say("Enter writes, Shift and Enter runs, arrows go to other cells, H lists all keys."));
    place.replaceChildren(
      this.bar.element,
      make("div", { class: "lab-columns" }, make("div", { class: "lab-notebook" }, this.list.element, ends), this.outline.element),
      keys,
      this.announcer.element,
    );
    place.dataset["state"] = "open";
    listenToKeys(this.list.element, { ...this.commands(), ...this.moves() });
    this.draft.listen({
      status: (status) => {
        const choose = status.state === "merge" && { label: words.say("Choose what stays"), press: () => this.choose() };
        const clear = status.tooLarge && { label: words.say("Clear outputs"), press: () => this.clearOutputs() };
        this.bar.showWork(workStatus(status, words), choose || clear || null);
      },
      joining: () => this.hand(),
      joined: (notebook, conflicts) => this.joined(notebook, conflicts),
    });
    addEventListener("pagehide", () => this.hand());
    document.addEventListener("visibilitychange", () => document.hidden && this.hand());
    this.showQuestions();
    if (this.list.current) this.bar.showOwn(isOwn(this.list.current.cell));
    if (this.draft.conflicts.length) this.announcer.say(words.say("Some cells were changed here and in another window."));
    editors().catch(() => this.editorFailed());
  }

  private commands(): Commands {
    return {
      run: () => this.list.current && this.run(this.list.current, "stay"),
      runAll: () => void this.runAll(),
      stop: () => void this.stop(),
      restart: () => void this.restart(),
      restartAndRunAll: () => void this.restart().then((done) => (done ? this.runAll() : undefined)),
      checkAll: () => void this.checkAll(),
      handIn: () => void this.handIn(),
      add: (cellType, where) => this.list.add(cellType, this.list.current, where).edit(),
      move: (direction) => this.move(direction),
      remove: () => this.remove(),
      undoRemove: () => this.list.restore()?.focus(),
      clearOutputs: () => this.clearOutputs(),
      save: () => void this.save(),
      versions: () => void this.versions(),
      startAgain: () => void this.startAgain(),
      download: () => this.download(),
      keys: () => void this.keys(),
    };
  }

  private moves() {
    return {
      edit: () => this.list.current?.edit(),
      go: (to: "up" | "down" | "first" | "last") => this.go(to),
      run: (after: AfterRun) => this.list.current && this.run(this.list.current, after),
    };
  }

  private listHost(): ListHost {
    const { data, words } = this;
    return {
      words,
      title: data.assignment.title,
      files: new Map(data.kernel.files.map(({ path, url }) => [path, url])),
      edited: (view) => this.edited(view),
      selected: (view) => {
        this.list.select(view);
        this.bar.showOwn(isOwn(view.cell));
      },
      run: (view, after) => this.run(view, after),
      past: (view, direction) => this.past(view, direction),
      editorFailed: () => this.editorFailed(),
      complete: async (source, cursor) => (this.kernel.state === "idle" ? this.kernel.complete(source, cursor) : null),
      inspect: async (source, cursor) => {
        if (this.kernel.state === "idle") return this.kernel.inspect(source, cursor);
        return this.kernel.state === "busy" ? this.words.say("Python is busy: ask again when nothing runs.") : null;
      },
      arranged: () => this.changed(),
      check: (question) => void this.checker.check(question).then(() => this.say(question)),
      hint: (question, place) => this.hint(question, place),
    };
  }

  /** The piece with the hints is fetched now; without a link neither it nor a hint can be had. */
  private async hint(question: Question, place: HTMLElement): Promise<void> {
    const { data, words } = this;
    const cellId = question.answers[0] ?? question.graded[0] ?? "";
    const source = () => this.list.cells().find(({ id }) => id === cellId)?.source ?? "";
    try {
      const [hints] = await Promise.all([import("./hints"), this.flush()]);
      await hints.askForHint({ data, words, cellId, source }, place);
    } catch (failure) {
      const none = words.say("There is no link, so no hint can be had now. Your work is kept on this device.");
      place.textContent = failure instanceof TypeError ? none : (failure as Error).message;
    }
  }

  private edited(view: CellView): void {
    const question = this.list.questionOf(view);
    if (question) this.checker.compare(question);
    this.changed();
  }

  /** The notebook is another one: the keeper hears of it when a burst of changes is over. */
  private changed(): void {
    this.waiting ||= window.setTimeout(() => this.hand(), SETTLE);
  }

  private hand(): void {
    if (!this.waiting) return;
    clearTimeout(this.waiting);
    this.waiting = 0;
    this.draft.changed(this.list.notebook());
  }

  private flush(): Promise<void> {
    this.hand();
    return this.draft.flush();
  }

  private async sendEverything(): Promise<void> {
    await this.flush();
    await sendEverything(this.data, this.words);
    await this.flush(); // another window's work may have been joined with what is here
  }

  private run(view: CellView, after: AfterRun): void {
    if (view instanceof CodeCellView) void this.runner.run(view).then(() => this.sayRun(view));
    if (after === "stay") return;
    const next = this.list.neighbour(view, "down");
    if (after === "insert" || !next) this.list.add("code", view, "after").edit();
    else next.focus();
  }

  private async runAll(): Promise<void> {
    const outcome = await this.runner.runAll(this.codeCells());
    const { words } = this;
    const said = { ok: words.say("All cells ran"), error: words.say("A cell ended with an error; those after it did not run"), aborted: words.say("Stopped") };
    this.announcer.say(said[outcome]);
  }

  private codeCells(): CodeCellView[] {
    return this.list.views.filter((view) => view instanceof CodeCellView);
  }

  private clearOutputs(): void {
    this.runner.clearOutputs(this.codeCells());
  }

  private async stop(): Promise<void> {
    const { words } = this;
    if (this.kernel.interruptible) return this.runner.stop();
    const lines = [words.say("This browser can only stop a cell by starting Python anew: every value is forgotten. What you wrote stays.")];
    if (await confirmed(words, { title: words.say("Stop and restart?"), lines, yes: words.say("Stop and restart"), loss: true })) await this.runner.restart();
  }

  private async restart(): Promise<boolean> {
    const { words } = this;
    const lines = [words.say("Python forgets every value, and cells that run are stopped. What you wrote and what was printed stays.")];
    const asks = this.kernel.state !== "dead" && this.kernel.state !== "absent";
    if (asks && !(await confirmed(words, { title: words.say("Restart Python?"), lines, yes: words.say("Restart"), loss: true }))) return false;
    await this.runner.restart();
    return true;
  }

  private async checkAll(): Promise<void> {
    await this.checker.checkAll();
    const { list: { questions }, checker: { results } } = this;
    const text = checkWords(questions, results, this.words);
    const wrong = firstFailing(questions, results);
    this.bar.notify(text, wrong && { label: this.words.say("Go to the first that fails"), press: () => this.goTo(wrong) }, wrong !== undefined);
    this.announcer.say(text);
  }

  private goTo({ answers, graded }: Question): void {
    this.bar.notify(null);
    this.list.views.find(({ cell }) => cell.id === (answers[0] ?? graded[0]))?.reveal();
  }

  private checked(question: Question, result: CheckResult): void {
    this.list.panels.get(question.key)?.show(result);
    this.showQuestions();
    this.draft.checked(toKeep(this.checker.results));
  }

  private say(question: Question): void {
    const result = this.checker.results.get(question.key);
    if (result) this.announcer.say(`${question.title}: ${stateOf(result, this.words).word}. ${result.message}`);
  }

  private sayRun(view: CodeCellView): void {
    const error = view.cell.outputs?.some((output) => output.output_type === "error");
    this.announcer.say(error ? this.words.say("The cell ended with an error") : this.words.say("The cell has run"));
  }

  private go(to: "up" | "down" | "first" | "last"): void {
    const { views, current } = this.list;
    if (to === "first" || to === "last") views.at(to === "first" ? 0 : -1)?.focus();
    else if (current) this.list.neighbour(current, to)?.focus();
  }

  private past(view: CellView, direction: "up" | "down"): boolean {
    const next = this.list.neighbour(view, direction);
    next?.focus();
    return next !== null;
  }

  private move(direction: "up" | "down"): void {
    const { current } = this.list;
    if (current && this.list.move(current, direction)) current.focus();
  }

  private remove(): void {
    const { words } = this;
    if (!this.list.current || !this.list.remove(this.list.current)) return;
    this.list.current?.focus();
    const undo = () => {
      this.list.restore()?.focus();
      this.bar.notify(null);
    };
    this.bar.notify(words.say("The cell is deleted."), { label: words.say("Undo"), press: undo });
    this.announcer.say(words.say("The cell is deleted."));
  }

  private addAtEnd(cellType: "code" | "markdown"): void {
    this.list.add(cellType, null, "after").edit();
  }

  private async save(): Promise<void> {
    try {
      await this.flush();
      this.announcer.say(this.words.say("Saved"));
    } catch (failure) {
      const reason = failure instanceof Error ? failure.message : "";
      this.bar.notify(`${this.words.say("Not saved on the server yet; it is tried again by itself.")} ${reason}`);
    }
  }

  private async startAgain(): Promise<void> {
    const { words } = this;
    const lines = [words.say("The notebook becomes what it was when the lab was given. What you wrote stays among the earlier versions.")];
    if (!(await confirmed(words, { title: words.say("Start again?"), lines, yes: words.say("Start again"), loss: true }))) return;
    try {
      this.replaced(await this.draft.restore("original"));
    } catch {
      this.bar.notify(words.say("The original could not be fetched, and nothing was changed. Try again when the link is back."), undefined, true);
    }
  }

  private download(): void {
    const url = URL.createObjectURL(new Blob([writeNotebook(this.list.notebook())], { type: "application/x-ipynb+json" }));
    make("a", { href: url, download: `${this.data.notebook}.ipynb` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  private replaced(notebook: Notebook): void {
    this.bar.notify(null);
    this.list.show(notebook);
    for (const question of this.list.questions) this.checker.compare(question);
    this.showQuestions();
  }

  private joined(notebook: Notebook, conflicts: Conflict[]): void {
    this.replaced(notebook);
    const taken = this.words.say("Changes from another window were taken in.");
    this.announcer.say(conflicts.length ? this.words.say("Some cells were changed here and in another window.") : taken);
  }

  private choose(): void {
    void this.fetched(import("./merge_dialog"), ({ askWhichStays }) =>
      askWhichStays(this.words, this.draft.conflicts, questionByCell(this.list.questions), (choices) => this.draft.choose(choices)),
    );
  }

  private handIn(): Promise<void> {
    return this.fetched(import("./handing_in"), ({ HandingIn, showGrades }) => {
      this.handingIn ??= new HandingIn(this.data, {
        words: this.words,
        sendEverything: () => this.sendEverything(),
        notebook: () => this.list.notebook(),
        whyRefused: async (answer) => {
          const said = await refusal(answer);
          return said.kind === "refused" ? why(said, this.words) : null;
        },
        doubts: () => doubts(this.list.questions, this.checker.results, this.words),
        tell: (text, link, loss) => this.tell(text, link, loss),
        graded: (cells) => showGrades(this.list, cells),
      });
      void this.handingIn.begin();
    });
  }

  private versions(): Promise<void> {
    return this.fetched(import("./versions_dialog"), ({ showVersions }) => void showVersions(this.words, this.draft, (notebook) => this.replaced(notebook)));
  }

  private keys(): Promise<void> {
    return this.fetched(import("./keys_dialog"), ({ showKeys }) => showKeys(this.words));
  }

  /** Go on with a part of the page that is fetched when it is first needed. */
  private async fetched<Part>(part: Promise<Part>, use: (part: Part) => void): Promise<void> {
    try {
      use(await part);
    } catch {
      this.bar.notify(this.words.say("There is no link, and this part of the page was not fetched before. Your work is kept on this device; try again when the link is back."), undefined, true);
    }
  }

  private tell(text: string, link: string | null, loss: boolean): void {
    const follow = link ? { label: this.words.say("See the result"), press: () => location.assign(link) } : undefined;
    this.bar.notify(text, follow, loss);
    this.announcer.say(text);
  }

  private showQuestions(): void {
    this.outline.show(this.list.questions, this.checker.results);
  }

  private editorFailed(): void {
    this.bar.notify(this.words.say("The editor could not be loaded. Check the link and reload the page; your work is kept."), undefined, true);
  }
}
