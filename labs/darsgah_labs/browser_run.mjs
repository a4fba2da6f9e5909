// Runs notebooks in the browser's Python under Node: `node browser_run.mjs FOLDER_OF_PYODIDE SHELL_ZIP`.
//
// Each line of the standard input is a job, {"cells": [...], "files": {path: base64}}; each line written is what
// came of a cell, {"status", "seconds", "shown": [...]}, and after the job's last cell {"end": true}. A cell that
// fails does not stop the cells after it, as in grading. A new interpreter is made for every job.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const SHELL_FOLDER = "/lib/lab";
const [packageFolder, shellArchive] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${packageFolder}/pyodide.mjs`).href);
const archive = new Uint8Array(await readFile(shellArchive));

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function interpreter(files, show) {
  const pyodide = await loadPyodide({ indexURL: packageFolder, lockFileContents: await lock(), packageBaseUrl: packageFolder });
  for (const [path, content] of Object.entries(files)) {
    const folder = path.split("/").slice(0, -1).join("/");
    if (folder) pyodide.FS.mkdirTree(folder);
    pyodide.FS.writeFile(path, new Uint8Array(Buffer.from(content, "base64")));
  }
  pyodide.FS.mkdirTree(SHELL_FOLDER);
  pyodide.unpackArchive(archive, "zip", { extractDir: SHELL_FOLDER });
  pyodide.pyimport("sys").path.append(SHELL_FOLDER);
  const raw = (name) => ({
    batched: (text) => show({ kind: "output", output: { output_type: "stream", name, text: `${text}\n` } }),
  });
  pyodide.setStdout(raw("stdout"));
  pyodide.setStderr(raw("stderr"));
  const page = { ask: () => undefined, sleep: () => false };
  const send = (text) => show(JSON.parse(text));
  return pyodide.pyimport("lab_shell.shell").Shell.callKwargs(send, page, { waits: false });
}

// The core alone: what else the lock names is not there, and an import says so in Python's words.
async function lock() {
  const whole = JSON.parse(await readFile(`${packageFolder}/pyodide-lock.json`, "utf8"));
  return { info: whole.info, packages: {} };
}

async function runJob({ cells, files }) {
  let shown = [];
  const shell = await interpreter(files, (message) => shown.push(message));
  for (const [index, source] of cells.entries()) {
    shown = [];
    const begun = performance.now();
    const status = await shell.run(source, index + 1);
    say({ status, seconds: (performance.now() - begun) / 1000, shown });
  }
  say({ end: true });
}

for await (const line of createInterface({ input: process.stdin })) await runJob(JSON.parse(line));
