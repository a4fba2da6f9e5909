/** The kernel's state on the bar: how it starts, what it does, and what to do when it is gone. */
import type { Announcer } from "./announcer";
import type { Bar } from "./bar";
import type { Kernel, KernelState, KernelTrouble, Progress } from "./kernel";
import { kernelName, kernelStatus, memoryWords, shareOf, troubleWords } from "./states";
import type { Words } from "./words";

export interface WatchHost {
  /** Every value is gone. */
  lost(): void;
  /** Nothing runs. */
  idle(): void;
  restart(): void;
}

export class KernelWatch {
  private progress: Progress | null = null;
  private before: KernelState;
  private troubled = false;
  private busySince = 0;
  private clock = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly bar: Bar,
    private readonly announcer: Announcer,
    private readonly words: Words,
    private readonly host: WatchHost,
  ) {
    this.before = kernel.state;
    this.draw(kernel.state);
    kernel.listen({
      state: (state, trouble) => this.state(state, trouble),
      progress: (progress) => {
        this.progress = progress;
        this.draw(this.kernel.state);
      },
      limits: (limits) => bar.showMemory(memoryWords(limits, words), limits.memoryBytes !== null),
    });
  }

  private state(state: KernelState, trouble: KernelTrouble | null): void {
    const { words } = this;
    if (state !== "starting") this.progress = null;
    if (state === "idle" && this.before === "starting") this.announcer.say(words.say("Python is ready"));
    if (state === "dead" || state === "absent" || state === "starting") this.host.lost();
    if (state === "idle" || state === "dead") this.host.idle();
    if (state !== this.before) this.time(state);
    this.before = state;
    this.draw(state);
    if (trouble) this.trouble(trouble);
    else if (this.troubled && (state === "idle" || state === "starting")) {
      this.troubled = false;
      this.bar.notify(null);
    }
  }

  /** Count the seconds of a kernel that is busy. */
  private time(state: KernelState): void {
    clearInterval(this.clock);
    if (state !== "busy") return;
    this.busySince = performance.now();
    this.clock = window.setInterval(() => this.draw("busy"), 1000);
  }

  private trouble(trouble: KernelTrouble): void {
    const text = troubleWords(trouble, this.words);
    const again = { label: this.words.say("Restart"), press: () => this.host.restart() };
    this.troubled = true;
    this.bar.notify(text, trouble.code === "unsupported" || trouble.code === "forbidden" ? undefined : again, true);
    this.announcer.say(text);
  }

  private draw(state: KernelState): void {
    const seconds = Math.floor((performance.now() - this.busySince) / 1000);
    const status = kernelStatus(state, kernelName(this.kernel, this.words), this.words, { progress: this.progress, seconds });
    this.bar.showKernel(status, state === "busy" || state === "away");
    this.bar.showProgress(state === "starting" ? (this.progress ? shareOf(this.progress) : Number.NaN) : null);
  }
}
