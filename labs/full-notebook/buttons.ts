/** Submit and Hint in the notebook's toolbar. */
import { randomName } from "../lab-page/random_name";
import { gather } from "./gathering";
import { shared, type Application, type ApplicationParts, type NotebookPanel, type Widgets } from "./jupyterlab";
import { words, type Setup } from "./setup";

interface Submission {
  id: string;
  attempt: number;
  sha256: string;
}

interface Problem {
  detail?: string;
  title?: string;
}

interface Hint {
  available: boolean;
  reason: string;
  hint: { id: string; state: "waiting" | "given" | "failed"; text: string } | null;
}

/** Put the buttons into every notebook that is opened. */
export function addButtons(application: Application, parts: ApplicationParts, setup: Setup): void {
  application.docRegistry.addWidgetExtension("Notebook", {
    createNew(panel) {
      const submit = new parts.ToolbarButton({
        label: words(setup, "Submit"),
        tooltip: setup.refusal || words(setup, "Save, hand in and grade"),
        className: "darsgah-submit",
        onClick: () => void new HandingIn(panel, parts, setup).run(),
      });
      const hint = new parts.ToolbarButton({
        label: words(setup, "Hint"),
        tooltip: words(setup, "Ask for a hint on the chosen cell"),
        className: "darsgah-hint",
        onClick: () => void askHint(panel, parts, setup),
      });
      panel.toolbar.insertItem(10, "darsgah-submit", submit);
      panel.toolbar.insertItem(11, "darsgah-hint", hint);
      return submit;
    },
  });
}

/** Say something that only has to be read. */
async function tell(parts: ApplicationParts, setup: Setup, title: string, body: unknown): Promise<void> {
  await parts.showDialog({ title, body, buttons: [parts.Dialog.okButton({ label: words(setup, "Close") })] });
}

/** One click on Submit; its key makes a request whose answer was lost safe to send again. */
class HandingIn {
  private readonly key = randomName(24);

  constructor(
    private readonly panel: NotebookPanel,
    private readonly parts: ApplicationParts,
    private readonly setup: Setup,
  ) {}

  async run(): Promise<void> {
    const { setup, parts } = this;
    const title = words(setup, "Submit");
    if (setup.refusal) return tell(parts, setup, title, setup.refusal);
    const sure = await parts.showDialog({
      title,
      body: words(setup, "Your notebook is saved, handed in as it is now, and graded with the hidden tests."),
      buttons: [
        parts.Dialog.cancelButton({ label: words(setup, "Not yet") }),
        parts.Dialog.okButton({ label: words(setup, "Hand in and grade") }),
      ],
    });
    if (!sure.button.accept) return;
    try {
      await gather(setup);
      await this.panel.context.save();
      await tell(parts, setup, title, await this.send());
    } catch (error) {
      await tell(parts, setup, words(setup, "Nothing was handed in"), (error as Error).message);
    }
  }

  private async send(): Promise<{ node: HTMLElement } | string> {
    const { setup } = this;
    const form = new FormData();
    for (const name of setup.notebooks) form.append("notebook", await this.notebook(name), `${name}.ipynb`);
    const answer = await fetch(setup.submitUrl, {
      method: "POST",
      body: form,
      headers: { "X-CSRF-Token": setup.csrfToken, "X-Account": setup.account, "Idempotency-Key": this.key },
    });
    const said = (await answer.json()) as Submission & Problem;
    if (!answer.ok) throw new Error(said.detail ?? said.title ?? answer.statusText);
    return this.receipt(said);
  }

  /** The notebook as it is open here, or as the server has it. */
  private async notebook(name: string): Promise<Blob> {
    if (this.panel.context.path === `${name}.ipynb`) {
      return new Blob([JSON.stringify(this.panel.context.model.toJSON())], { type: "application/x-ipynb+json" });
    }
    const address = `${this.setup.draftsUrl}/${encodeURIComponent(name)}`;
    const answer = await fetch(address, { headers: { "X-Account": this.setup.account } });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.blob();
  }

  private async receipt(submission: Submission): Promise<{ node: HTMLElement } | string> {
    const address = this.setup.resultUrl.replace("{id}", submission.id);
    const { Widget } = await shared<Widgets>("@lumino/widgets");
    const node = document.createElement("div");
    const line = document.createElement("p");
    line.textContent = words(this.setup, "Attempt {attempt} is handed in. Receipt: {receipt}", {
      attempt: submission.attempt,
      receipt: submission.sha256.slice(0, 16),
    });
    const link = document.createElement("a");
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = words(this.setup, "See the result");
    node.append(line, link);
    return new Widget({ node });
  }
}

/** The text of a hint as soon as a worker has made it. */
function madeHint(id: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`/api/v1/hints/${id}/events`);
    events.addEventListener("hint", (event) => {
      events.close();
      resolve((JSON.parse(event.data as string) as { text: string }).text);
    });
    events.onerror = () => events.readyState === EventSource.CLOSED && reject(new Error(""));
  });
}

async function askHint(panel: NotebookPanel, parts: ApplicationParts, setup: Setup): Promise<void> {
  const title = words(setup, "Hint");
  const cell = panel.content.activeCell;
  if (!cell) return tell(parts, setup, title, words(setup, "Choose a cell first."));
  try {
    const answer = await fetch(setup.hintUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": setup.csrfToken },
      body: JSON.stringify({
        notebook: panel.context.path.replace(/\.ipynb$/, ""),
        cell_id: cell.model.id,
        source: cell.model.sharedModel.getSource(),
      }),
    });
    const hint = (await answer.json()) as Hint & Problem;
    if (!answer.ok) throw new Error(hint.detail ?? hint.title ?? answer.statusText);
    await tell(parts, setup, title, hint.hint ? await madeHint(hint.hint.id) : hint.reason);
  } catch (error) {
    await tell(parts, setup, title, words(setup, "No hint can be had now: {reason}", { reason: (error as Error).message }));
  }
}
