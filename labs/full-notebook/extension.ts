/**
 * JupyterLab's extension of the "full notebook": the learner's drafts as its files, and Submit and Hint.
 *
 * One plain script that registers a federation container, as JupyterLab loads prebuilt extensions.
 */
import { onOwner } from "../lab-page/offline";
import "./disposed";
import "./waiting";
import { addButtons } from "./buttons";
import { DraftDrive } from "./drive";
import {
  enterScope,
  shared,
  type Application,
  type ApplicationParts,
  type FileChange,
  type Plugin,
  type ShareScope,
  type Signal,
  type Token,
} from "./jupyterlab";
import { readSetup, type Setup } from "./setup";

const NAME = "@darsgah/full-notebook";

interface Services {
  IDefaultDrive: Token;
  ServerConnection: { makeSettings(): unknown };
}

interface Signaling {
  Signal: new (sender: object) => Signal<object, FileChange>;
}

/** Whoever left must not stay on the screen, also while JupyterLab asks about unsaved work. */
function leaveWithOwner({ account }: Setup): void {
  const gone = (): void => {
    document.body.replaceChildren();
    location.reload();
  };
  onOwner(account, { back: () => undefined, gone }, new AbortController().signal);
}

async function plugins(): Promise<Plugin[]> {
  const setup = readSetup();
  leaveWithOwner(setup);
  const services = await shared<Services>("@jupyterlab/services");
  const signaling = await shared<Signaling>("@lumino/signaling");
  return [
    {
      id: `${NAME}:default-drive`,
      description: "The drafts of the lab as JupyterLab's files.",
      autoStart: true,
      provides: services.IDefaultDrive,
      activate: () =>
        new DraftDrive(setup, (sender) => new signaling.Signal(sender), services.ServerConnection.makeSettings()),
    },
    {
      id: `${NAME}:buttons`,
      description: "Submit and Hint in the toolbar.",
      autoStart: true,
      activate: async (application) => {
        const parts = await shared<ApplicationParts>("@jupyterlab/apputils");
        addButtons(application as Application, parts, setup);
      },
    },
  ];
}

const container = {
  init: enterScope,
  get: async (module: string) => {
    if (module !== "./extension") throw new Error(`${NAME} has no ${module}`);
    const given = await plugins();
    return () => ({ __esModule: true, default: given });
  },
};

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, { init(scope: ShareScope): unknown; get(module: string): Promise<() => unknown> }>;
  }
}

window._JUPYTERLAB = { ...window._JUPYTERLAB, [NAME]: container };
