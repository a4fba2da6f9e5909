/** The lab page begins here: the server's data, the learner's draft, a kernel, and the page itself. */
import { createBrowserKernel } from "./browser_kernel";
import { openDraft } from "./draft_keeper";
import { make } from "./elements";
import { createHubKernel } from "./hub_kernel";
import type { LabData } from "./lab_data";
import { LabPage } from "./lab_page";
import { Words } from "./words";

async function begin(place: HTMLElement, data: LabData): Promise<void> {
  const words = new Words(data.texts, data.language);
  const [first] = place.children;
  try {
    const draft = await openDraft(data);
    const kernel = data.kernel.runtime === "browser" ? createBrowserKernel(data.kernel) : createHubKernel(data.kernel);
    new LabPage(data, draft, kernel, words).show(place);
  } catch (failure) {
    place.dataset["state"] = "failed";
    const reason = failure instanceof Error ? failure.message : "";
    const again = make("button", { type: "button", onclick: () => location.reload() }, words.say("Try again"));
    const text = words.say("The notebook could not be opened. What you did before is kept; check the link and try again.");
    first?.replaceWith(make("div", { class: "notice notice-loss", role: "alert" }, make("p", {}, text), make("p", { class: "due", dir: "auto" }, reason), again));
  }
}

const place = document.getElementById("lab");
const data = document.getElementById("lab-data")?.textContent;
if (place && data) void begin(place, JSON.parse(data) as LabData);
