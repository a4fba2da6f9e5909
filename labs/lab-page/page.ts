/** The lab page begins here: the server's data, the learner's draft, a kernel, and the page itself. */
import { openDraft } from "./draft_keeper";
import { make } from "./elements";
import type { Kernel, KernelSetup } from "./kernel";
import type { LabData } from "./lab_data";
import { LabPage } from "./lab_page";
import { serveOffline } from "./offline";
import { Words } from "./words";

async function begin(place: HTMLElement, data: LabData): Promise<void> {
  const words = new Words(data.texts, data.language);
  const [first] = place.children;
  try {
    const [draft, kernel] = await Promise.all([openDraft(data, data.notebook), kernelFor(data.kernel)]);
    serveOffline(data);
    new LabPage(data, draft, kernel, words).show(place);
  } catch (failure) {
    place.dataset["state"] = "failed";
    const reason = failure instanceof Error ? failure.message : "";
    const again = make("button", { type: "button", onclick: () => location.reload() }, words.say("Try again"));
    const text = words.say("The notebook could not be opened. What you did before is kept; check the link and try again.");
    first?.replaceWith(make("div", { class: "notice notice-loss", role: "alert" }, make("p", {}, text), make("p", { class: "due", dir: "auto" }, reason), again));
  }
}

/** The one kernel that the lab needs; the other is not fetched. */
async function kernelFor(setup: KernelSetup): Promise<Kernel> {
  if (setup.runtime === "browser") return (await import("./browser_kernel")).createBrowserKernel(setup);
  return (await import("./hub_kernel")).createHubKernel(setup);
}

const place = document.getElementById("lab");
const data = document.getElementById("lab-data")?.textContent;
if (place && data) void begin(place, JSON.parse(data) as LabData);
