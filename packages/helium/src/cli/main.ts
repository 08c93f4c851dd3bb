#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { addAbortSignal } from "node:stream";
import { exitCodes, run } from "./index.ts";

const interrupt = new AbortController();
let taken: (() => void) | null = null;
process.on("SIGINT", () => {
  if (taken !== null) return taken();
  // The first Ctrl-C ends the command in good order, a second one at once.
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
  interrupt.abort();
});

// A reader that has enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.ok);
  throw error;
});

void run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: addAbortSignal(interrupt.signal, process.stdin),
  // npm starts a link to this file; `import.meta` would not work in the CommonJS build.
  program: realpathSync(process.argv[1] ?? "."),
  env: process.env,
  signal: interrupt.signal,
  onInterrupt: (handler) => {
    taken = handler;
    return () => {
      taken = null;
    };
  },
}).then((code) => {
  process.exitCode = code;
});
