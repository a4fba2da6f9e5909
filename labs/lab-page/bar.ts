/** The bar that is always there: what state the work and the kernel are in, and what can be done. */
import { button, make, shape, type Shape } from "./elements";
import { languageOf } from "./markdown";
import type { Words } from "./words";

/** What the bar's buttons do. */
export interface Commands {
  run(): void;
  runAll(): void;
  stop(): void;
  restart(): void;
  restartAndRunAll(): void;
  checkAll(): void;
  handIn(): void;
  add(cellType: "code" | "markdown", where: "before" | "after"): void;
  move(direction: "up" | "down"): void;
  remove(): void;
  undoRemove(): void;
  clearOutputs(): void;
  save(): void;
  versions(): void;
  startAgain(): void;
  download(): void;
  keys(): void;
}

/** Where a state stands and how it reads; `sign` is a shape, so that colour says nothing alone. */
export interface Status {
  sign: string;
  word: string;
  loss?: boolean;
}

export class Bar {
  readonly element: HTMLElement;
  private readonly notice = make("div", { class: "lab-bar-notice", hidden: true });
  private readonly work = make("span", { class: "lab-status" });
  private readonly kernel = make("span", { class: "lab-status" });
  private readonly memory = make("span", { class: "lab-status lab-memory" });
  private readonly progress = make("progress", { class: "lab-progress", hidden: true, max: 1 });
  private readonly stop: HTMLButtonElement;
  private readonly menu: HTMLDetailsElement;
  private readonly forOwn: HTMLButtonElement[];

  constructor(private readonly words: Words, commands: Commands, fullNotebookUrl: string) {
    const tool = (label: string, picture: Shape, press: () => void, look = "lab-tool") => button(label, press, { look, shape: picture });
    this.stop = tool(words.say("Stop"), "stop", () => commands.stop());
    this.stop.disabled = true;
    this.forOwn = [
      this.item(words.say("Move up"), () => commands.move("up")),
      this.item(words.say("Move down"), () => commands.move("down")),
      this.item(words.say("Delete cell"), () => commands.remove()),
    ];
    this.menu = make(
      "details",
      { class: "menu lab-menu" },
      make("summary", { class: "lab-tool" }, shape("more"), make("span", {}, words.say("More"))),
      make("div", { class: "menu-box" }, ...this.items(words, commands, fullNotebookUrl)),
    );
    this.progress.setAttribute("aria-label", words.say("Start of Python"));
    this.element = make(
      "section",
      { class: "lab-bar", "aria-label": words.say("Tools of the lab") },
      this.notice,
      make("div", { class: "lab-bar-status" }, this.work, this.kernel, this.memory, this.progress),
      make(
        "div",
        { class: "lab-bar-tools" },
        tool(words.say("Run"), "run", () => commands.run()),
        this.stop,
        tool(words.say("Run all"), "all", () => commands.runAll(), "lab-tool lab-wide"),
        tool(words.say("Check all"), "check", () => commands.checkAll()),
        this.menu,
        tool(words.say("Hand in"), "send", () => commands.handIn(), "lab-tool lab-send"),
      ),
    );
    document.addEventListener("click", (event) => {
      if (event.target instanceof Node && !this.menu.contains(event.target)) this.menu.open = false;
    });
  }

  /** Where the work is kept; with `action`, what the learner has to do about it. */
  showWork(status: Status, action: { label: string; press: () => void } | null): void {
    show(this.work, status);
    if (action) this.work.append(" ", button(action.label, action.press, { look: "button-quiet lab-small" }));
  }

  showKernel(status: Status, busy: boolean): void {
    show(this.kernel, status);
    this.stop.disabled = !busy;
  }

  /** What is used; where there is a limit it is shown on the smallest screen too. */
  showMemory(text: string, limited: boolean): void {
    this.memory.textContent = text;
    this.memory.classList.toggle("lab-limited", limited);
  }

  /** How far a start is, of 1; null when none is under way, NaN when nobody knows. */
  showProgress(share: number | null): void {
    this.progress.hidden = share === null;
    if (share === null || Number.isNaN(share)) this.progress.removeAttribute("value");
    else this.progress.value = share;
  }

  /** Something to know and perhaps to do; null takes it away. */
  notify(text: string | null, action?: { label: string; press: () => void }, loss = false): void {
    this.notice.hidden = text === null;
    this.notice.classList.toggle("notice-loss", loss);
    this.notice.replaceChildren(make("p", languageOf(text ?? ""), text ?? ""));
    if (action) this.notice.append(button(action.label, action.press, { look: "button-quiet lab-small" }));
    const close = make("button", { type: "button", class: "lab-close", "aria-label": this.words.say("Close"), onclick: () => this.notify(null) }, "×");
    this.notice.append(close);
  }

  /** Whether the current cell is the learner's own, to move and delete. */
  showOwn(own: boolean): void {
    for (const one of this.forOwn) one.disabled = !own;
  }

  private items(words: Words, commands: Commands, fullNotebookUrl: string): HTMLElement[] {
    const full = make("a", { href: fullNotebookUrl }, words.say("Open as a full notebook"));
    return [
      make("p", { class: "lab-menu-title" }, words.say("Run")),
      this.item(words.say("Run all"), () => commands.runAll()),
      this.item(words.say("Restart"), () => commands.restart()),
      this.item(words.say("Restart and run all"), () => commands.restartAndRunAll()),
      make("p", { class: "lab-menu-title" }, words.say("This cell")),
      this.item(words.say("Add code below"), () => commands.add("code", "after")),
      this.item(words.say("Add text below"), () => commands.add("markdown", "after")),
      ...this.forOwn,
      this.item(words.say("Undo deleting"), () => commands.undoRemove()),
      make("p", { class: "lab-menu-title" }, words.say("Notebook")),
      this.item(words.say("Clear outputs"), () => commands.clearOutputs()),
      this.item(words.say("Save now"), () => commands.save()),
      this.item(words.say("Earlier versions"), () => commands.versions()),
      this.item(words.say("Start again from the original"), () => commands.startAgain()),
      this.item(words.say("Download"), () => commands.download()),
      ...(fullNotebookUrl ? [full] : []),
      this.item(words.say("Keys"), () => commands.keys()),
    ];
  }

  private item(label: string, press: () => void): HTMLButtonElement {
    return make("button", {
      type: "button",
      class: "quiet",
      onclick: () => {
        this.menu.open = false;
        this.menu.querySelector("summary")?.focus({ preventScroll: true });
        press();
      },
    }, label);
  }
}

function show(place: HTMLElement, { sign, word, loss }: Status): void {
  place.classList.toggle("lab-status-loss", loss ?? false);
  place.replaceChildren(make("span", { class: "shape", "aria-hidden": "true" }, sign), ` ${word}`);
}
