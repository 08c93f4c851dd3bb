#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { addAbortSignal } from "node:stream";
import { exitCodes, run } from "./index.ts";
import { NodeTerminal } from "./terminal/node-terminal.ts";

const interrupt = new AbortController();
let taken: (() => void) | null = null;
/** What the process ends with once it was told to. */
let interruptedCode: number = exitCodes.interrupted;

/** The first signal ends the command in good order, with its temporary files removed, a second one at once. */
function stop(code: number): void {
  if (interrupt.signal.aborted) process.exit(code);
  interruptedCode = code;
  interrupt.abort();
}

process.on("SIGINT", () => (taken === null ? stop(exitCodes.interrupted) : taken()));
process.on("SIGTERM", () => stop(exitCodes.terminated));
process.on("SIGHUP", () => stop(exitCodes.hungUp));
// A file that may not become larger (ulimit -f) is an error of its write then, and not the end.
process.on("SIGXFSZ", () => undefined);

// A reader that has enough (`| head`) is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.ok);
    throw error;
  });

void run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: addAbortSignal(interrupt.signal, process.stdin),
  // npm starts a link to this file; `import.meta` would not work in the CommonJS build.
  ...(process.stdin.isTTY &&
    process.stdout.isTTY &&
    process.env["TERM"] !== "dumb" && { terminal: new NodeTerminal(process.stdin, process.stdout) }),
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
  process.exitCode = code === exitCodes.interrupted ? interruptedCode : code;
});
