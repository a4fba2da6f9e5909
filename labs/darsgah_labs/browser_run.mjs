// Runs notebooks in the browser's Python under Node: `node browser_run.mjs PYODIDE_FOLDER SHELL_FOLDER`.
//
// The standard input is a job, {"cells": [...], "files": {path: base64}}. The first line written says that Python
// is there; each line after it is what came of a cell, {"status", "seconds", "shown": [...]}. A cell that fails
// does not stop the cells after it, as in grading.
import { readFile, readdir } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const SHELL_PLACE = "/lib/lab";
const [packageFolder, shellFolder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${packageFolder}/pyodide.mjs`).href);

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function interpreter(files, show) {
  const pyodide = await loadPyodide({ indexURL: packageFolder, lockFileContents: await lock(), packageBaseUrl: packageFolder });
  for (const [path, content] of Object.entries(files)) {
    lay(pyodide, path, Buffer.from(content, "base64"));
  }
  for (const entry of await readdir(shellFolder, { recursive: true })) {
    if (entry.endsWith(".py")) lay(pyodide, `${SHELL_PLACE}/${entry}`, await readFile(`${shellFolder}/${entry}`));
  }
  pyodide.pyimport("sys").path.append(SHELL_PLACE);
  const raw = (name) => ({
    batched: (text) => show({ kind: "output", output: { output_type: "stream", name, text: `${text}\n` } }),
  });
  pyodide.setStdout(raw("stdout"));
  pyodide.setStderr(raw("stderr"));
  const page = { ask: () => undefined, sleep: () => false };
  const send = (text) => show(JSON.parse(text));
  return pyodide.pyimport("lab_shell.shell").Shell.callKwargs(send, page, { waits: false });
}

function lay(pyodide, path, content) {
  const folder = path.split("/").slice(0, -1).join("/");
  if (folder) pyodide.FS.mkdirTree(folder);
  pyodide.FS.writeFile(path, new Uint8Array(content));
}

// The core alone: what else the lock names is not there, and an import says so in Python's words.
async function lock() {
  const whole = JSON.parse(await readFile(`${packageFolder}/pyodide-lock.json`, "utf8"));
  return { info: whole.info, packages: {} };
}

async function runJob({ cells, files }) {
  let shown = [];
  const shell = await interpreter(files, (message) => shown.push(message));
  say({ ready: true });
  for (const [index, source] of cells.entries()) {
    shown = [];
    const begun = performance.now();
    const status = await shell.run(source, index + 1);
    say({ status, seconds: (performance.now() - begun) / 1000, shown });
  }
}

await runJob(JSON.parse(await text(process.stdin)));
