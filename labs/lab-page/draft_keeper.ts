/**
 * The keeper of a learner's notebook: it saves to the server while there is a link, keeps every change in this
 * browser at once, and joins what was changed elsewhere.
 */
import { otherVersion, withChoices, withoutChoices } from "./choices";
import type { CheckResult } from "./check_plan";
import type { Conflict, Draft, DraftListener, DraftState, DraftStatus, Version } from "./draft";
import { joinRecords, letGo, readVersion, type Opened, type Place } from "./draft_opening";
import { listVersions, readDraft, saveDraft, type Answer } from "./draft_server";
import type { LabData } from "./lab_data";
import { openStore, type DraftRecord } from "./local_store";
import { alike, mergeNotebooks } from "./merge";
import type { Notebook } from "./notebook";
import { readNotebook, writeNotebook } from "./notebook_format";
import { freshToken, onOwner, sendWhenLinked } from "./offline";
import { channelOf, OtherWindows, type WindowMessage } from "./other_windows";
import { randomName } from "./random_name";
import { RecordWriter } from "./record_writer";
import { claimWindow, openWindows } from "./window_name";
import { why, whyNot, type Refused } from "./why_not";
import { Words } from "./words";

/** Milliseconds: after the last change, at most after the first, and between tries that fail. */
const SETTLED = 2_000;
const LONGEST = 5_000;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
/** A window that was out of sight for longer asks whether the notebook was changed elsewhere. */
const AWAY = 30_000;
/** How often work is joined and sent again in one go, before it waits. */
const MOST_JOINS = 4;

/**
 * The draft of one of the lab's notebooks.
 *
 * @param notebook its name
 * @throws Error with words for the learner when neither the server nor this browser has the notebook
 */
export async function openDraft(data: LabData, notebook: string): Promise<Draft> {
  const words = new Words(data.texts, data.language);
  const entry = data.notebooks.find(({ name }) => name === notebook);
  if (!entry) throw new Error(notebook);
  const [client, store] = await Promise.all([claimWindow(), openStore(data.account.key, data.account.secret)]);
  const [answer, records, open] = await Promise.all([
    readDraft(entry.draftUrl, data.account.key),
    store?.read(entry.draftUrl).catch(() => []) ?? [],
    openWindows(),
  ]);
  open.delete(client);
  const opened = joinRecords(answer, records, open);
  if (opened === null) throw new Error(whyNot(answer, words));
  const keeper = new DraftKeeper(data, words, { draftUrl: entry.draftUrl, originalUrl: entry.originalUrl, client, store }, opened, answer);
  await keeper.begin(opened.taken);
  return keeper;
}

class DraftKeeper implements Draft {
  notebook: Notebook;
  conflicts: Conflict[];
  checks: Record<string, CheckResult>;

  private asides: string[];
  /** The name that saves go under: under another one, the version before stays among the versions. */
  private sender: string;
  private base: Notebook;
  private version: number;
  private unsent: boolean;
  private savedAt: string | null;
  private readonly windows: OtherWindows;
  private readonly listeners: DraftListener[] = [];
  private state: DraftState = "saved";
  private detail = "";
  /** Grows with each change, so that what was typed during a sending is seen. */
  private serial = 0;
  private firstChange = 0;
  /** Characters of a notebook that was refused for its size: a shorter one is sent at once. */
  private tooLong = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private pause = FIRST_PAUSE;
  private sending: Promise<void> | null = null;
  private readonly records: RecordWriter;
  private hiddenAt = 0;
  private readonly ended = new AbortController();

  constructor(
    private readonly data: LabData,
    private readonly words: Words,
    private readonly place: Place,
    opened: Opened,
    answer: Answer,
  ) {
    this.notebook = opened.here;
    this.base = opened.base;
    this.version = opened.version;
    this.conflicts = opened.conflicts;
    this.asides = opened.asides;
    this.sender = place.client;
    this.unsent = opened.unsent;
    this.checks = opened.checks;
    this.savedAt = opened.savedAt;
    this.records = new RecordWriter(place.store, () => this.record());
    this.windows = new OtherWindows(channelOf(data.account.key, place.draftUrl), place.client, opened.here, {
      follow: (message) => this.follow(message),
      send: () => this.sendForAnother(),
    });
    if (answer.kind === "refused") this.refuse(answer);
    else if (this.conflicts.length) this.state = "merge";
    else if (this.unsent) this.state = answer.kind === "ok" ? "changed" : "kept";
    else if (answer.kind !== "ok") this.state = "kept";
  }

  /** Keep what was opened under this window's name, and begin to send and to listen. */
  async begin(taken: DraftRecord[]): Promise<void> {
    await this.keep();
    if (this.kept) await letGo(taken, this.place);
    const { signal } = this.ended;
    addEventListener("online", () => this.sendNow(), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leave() : this.comeBack()), { signal });
    addEventListener("beforeunload", (event) => this.unsent && !this.kept && event.preventDefault(), { signal });
    onOwner(this.data.account.key, { back: () => this.sendNow(), gone: () => this.vanish() }, signal);
    if (this.unsent) this.sendAfter(0);
  }

  listen(listener: DraftListener): void {
    this.listeners.push(listener);
    listener.status(this.status());
  }

  changed(notebook: Notebook): void {
    this.notebook = notebook;
    this.serial += 1;
    this.unsent = true;
    this.firstChange ||= Date.now();
    void this.keep();
    this.windows.changed(notebook);
    if (this.conflicts.length) this.say("merge");
    else if (this.state === "saved" || this.state === "changed") this.say("changed");
    else if (this.state === "kept") this.say(this.kept ? "kept" : "unkept");
    if (this.state !== "refused" || writeNotebook(notebook).length < this.tooLong) this.sendAfter(Math.min(SETTLED, Math.max(0, this.firstChange + LONGEST - Date.now())));
  }

  checked(checks: Record<string, CheckResult>): void {
    this.checks = checks;
    void this.keep();
  }

  async flush(): Promise<void> {
    for (let attempt = 0; this.unsent && attempt < MOST_JOINS; attempt += 1) {
      if (this.conflicts.length) throw new Error(this.words.say("Choose what stays first."));
      await this.send(false);
      if (this.state === "kept" || this.state === "unkept" || this.state === "refused") break;
    }
    if (this.unsent) throw new Error(this.detail || this.words.say("The server cannot be reached. Your work is kept; try again when the link is back."));
  }

  choose(choices: Record<string, "here" | "there" | "both">): void {
    const chosen = withChoices(this.notebook, this.conflicts, choices, otherVersion(this.words, this.savedAt));
    const taken = withoutChoices(this.notebook, this.conflicts, choices);
    if (taken) this.asides.push(writeNotebook(taken));
    this.conflicts = this.conflicts.filter(({ cellId }) => !(cellId in choices));
    this.changed(chosen);
    for (const listener of this.listeners) listener.joined(chosen, this.conflicts);
    if (!this.conflicts.length) {
      this.say("changed");
      this.sendAfter(0);
    }
  }

  versions(): Promise<Version[]> {
    return listVersions(this.place.draftUrl);
  }

  read(version: number | "original"): Promise<Notebook> {
    return readVersion(this.place, version, this.data.account.key, this.words);
  }

  async restore(version: number | "original"): Promise<Notebook> {
    const notebook = await this.read(version);
    this.takeTyped();
    await this.flush();
    this.sender = randomName(); // else it would be the same stretch of typing, and take the place of what was there
    this.changed(notebook);
    this.sendAfter(0);
    return notebook;
  }

  close(): void {
    this.leave();
    if (this.timer !== null) clearTimeout(this.timer);
    this.ended.abort();
    this.windows.close();
  }

  private status(): DraftStatus {
    return { state: this.state, savedAt: this.savedAt ? new Date(this.savedAt) : null, detail: this.detail, tooLarge: this.state === "refused" && this.tooLong > 0 };
  }

  private say(state: DraftState, detail = ""): void {
    this.state = state;
    this.detail = detail;
    for (const listener of this.listeners) listener.status(this.status());
  }

  private get kept(): boolean {
    return this.records.kept;
  }

  private keep(): Promise<void> {
    return this.records.write();
  }

  private record(): DraftRecord {
    return {
      draftUrl: this.place.draftUrl,
      client: this.place.client,
      version: this.version,
      base: writeNotebook(this.base),
      here: writeNotebook(this.notebook),
      conflicts: this.conflicts,
      asides: this.asides,
      unsent: this.unsent,
      checks: this.checks,
      csrfToken: this.data.csrfToken,
      savedAt: this.savedAt,
    };
  }

  private sendAfter(milliseconds: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (!this.ended.signal.aborted) this.timer = setTimeout(() => void this.send(false), milliseconds);
  }

  private sendNow(): void {
    this.pause = FIRST_PAUSE;
    if (this.unsent) this.sendAfter(0);
  }

  /** The page goes out of sight, and may not come back. */
  private leave(): void {
    this.hiddenAt = Date.now();
    if (!this.unsent) return;
    void this.keep();
    void this.send(true);
  }

  /** Another window hands in; why this one cannot send what it holds, or null. */
  private sendForAnother(): Promise<string | null> {
    this.takeTyped();
    return this.flush().then(() => null, (failure) => (failure instanceof Error ? failure.message : String(failure)));
  }

  /** Take everything off the screen at once: a page that is loaded anew might take a while, or ask whether to stay. */
  private vanish(): void {
    this.takeTyped();
    const kept = this.keep();
    this.ended.abort();
    document.body.replaceChildren();
    void kept.then(() => location.reload());
  }

  private comeBack(): void {
    if (this.unsent) this.sendNow();
    else if (Date.now() - this.hiddenAt > AWAY) void this.takeNewest();
  }

  private send(leaving: boolean): Promise<void> {
    this.sending ??= this.trySending(leaving).finally(() => (this.sending = null));
    return this.sending;
  }

  private async trySending(leaving: boolean): Promise<void> {
    for (let attempt = 0; attempt < MOST_JOINS; attempt += 1) {
      if (!this.unsent || this.conflicts.length) return;
      if (this.state !== "kept" && this.state !== "refused") this.say("saving");
      const { serial, notebook } = this;
      const [aside] = this.asides;
      const text = aside ?? writeNotebook(notebook);
      const answer = await saveDraft({
        draftUrl: this.place.draftUrl,
        account: this.data.account.key,
        client: aside === undefined ? this.sender : randomName(),
        csrfToken: this.data.csrfToken,
        version: this.version,
        text,
        leaving,
      });
      if (answer.kind === "ok" && aside !== undefined) {
        this.setAside(answer);
        attempt -= 1;
        continue;
      }
      if (answer.kind === "ok") return this.saved(answer, notebook, serial);
      if (answer.kind === "lost") return this.lost();
      if (answer.kind === "refused") return this.refuse(answer, text);
      if (answer.kind === "token") {
        const fresh = await freshToken(this.data.account.key);
        if (fresh.kind === "lost") return this.lost();
        if (fresh.kind === "refused") return this.refuse(fresh);
        this.data.csrfToken = fresh.token; // handing in and hints read it there too
      } else if (!(await this.takeNewest())) return;
    }
    this.lost();
  }

  /** The first of the asides is a version now. Other windows need not follow it: the next one comes at once. */
  private setAside({ version, text }: Extract<Answer, { kind: "ok" }>): void {
    this.asides.shift();
    this.base = readNotebook(text);
    this.version = version;
    void this.keep();
  }

  private saved(answer: Extract<Answer, { kind: "ok" }>, notebook: Notebook, serial: number): void {
    this.base = notebook;
    this.version = answer.version;
    this.savedAt = answer.savedAt;
    this.pause = FIRST_PAUSE;
    this.firstChange = 0;
    this.unsent = serial !== this.serial;
    this.windows.saved(answer.version, answer.savedAt, answer.text);
    void this.keep();
    this.say(this.unsent ? "changed" : "saved");
    if (this.unsent) this.sendAfter(SETTLED);
  }

  private lost(): void {
    this.say(this.kept ? "kept" : "unkept");
    sendWhenLinked();
    this.sendAfter(this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  private refuse(answer: Refused, text = ""): void {
    this.tooLong = answer.reason === "size" ? text.length : 0;
    this.firstChange = 0;
    this.say("refused", why(answer, this.words));
    this.sendAfter(LONGEST_PAUSE);
  }

  /** Take in the server's newest version; false when it could not be had. */
  private async takeNewest(): Promise<boolean> {
    const answer = await readDraft(this.place.draftUrl, this.data.account.key);
    if (answer.kind === "ok") this.takeIn(answer);
    else if (answer.kind === "refused") this.refuse(answer);
    else if (this.unsent) this.lost();
    return answer.kind === "ok";
  }

  private takeIn({ version, savedAt, text }: { version: number; savedAt: string | null; text: string }): void {
    if (version <= this.version) return;
    this.takeTyped();
    const there = readNotebook(text);
    const { notebook, conflicts } = mergeNotebooks(this.base, this.notebook, there);
    this.asides = this.asides.map((aside) => writeNotebook(mergeNotebooks(this.base, readNotebook(aside), there).notebook));
    const waiting = this.conflicts.filter(({ cellId }) => conflicts.every((other) => other.cellId !== cellId));
    this.base = there;
    this.version = version;
    this.savedAt = savedAt;
    this.windows.have(there);
    this.becomes(notebook, [...waiting, ...conflicts]);
    this.unsent = !alike(notebook, there) || this.conflicts.length > 0;
    void this.keep();
    if (this.conflicts.length) this.say("merge");
    else this.say(this.unsent ? "changed" : "saved");
  }

  /** What was typed since the page last told. */
  private takeTyped(): void {
    for (const listener of this.listeners) listener.joining();
  }

  private becomes(notebook: Notebook, conflicts: Conflict[]): void {
    const shown = alike(notebook, this.notebook) && alike(conflicts, this.conflicts);
    this.notebook = notebook;
    this.conflicts = conflicts;
    if (shown) return;
    this.serial += 1;
    for (const listener of this.listeners) listener.joined(notebook, conflicts);
  }

  /** Another window of this browser changed or saved the notebook. */
  private follow(message: WindowMessage): void {
    if (message.kind === "saved") {
      const waited = this.unsent;
      this.takeIn(message);
      if (this.unsent && !this.conflicts.length && waited) this.sendAfter(SETTLED);
      return;
    }
    this.takeTyped();
    const { notebook, conflicts } = mergeNotebooks(message.from, this.notebook, message.notebook);
    // What both typed in one cell is joined when it is saved, and a person is asked then.
    if (conflicts.length) return;
    this.windows.have(message.notebook);
    this.becomes(notebook, this.conflicts);
    void this.keep();
    if (!alike(notebook, message.notebook)) this.windows.changed(notebook);
  }
}
