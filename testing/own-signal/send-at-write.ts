/** Goes before a program in its process: watches what it writes, and sends it a signal (`own-signal.ts`). */
import fs from "node:fs";
import { ServerResponse } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import type { OwnSignal } from "./own-signal.ts";

const { signal, to, bytes, afterMs, isTwice } = JSON.parse(
  decodeURIComponent(new URL(import.meta.url).search.slice(1)),
) as OwnSignal;

let left = Math.ceil(bytes);

const send = (): void => void process.kill(process.pid, signal);

function reached(): void {
  if (isTwice) process.once(signal, () => setImmediate(send));
  if (afterMs === undefined) send();
  else setTimeout(send, afterMs).unref();
}

function wrote(length: number): void {
  if (left <= 0) return;
  left -= length;
  if (left <= 0) reached();
}

/** Puts a function around a method. */
function around(owner: object, name: string, put: (args: readonly unknown[], go: () => unknown) => unknown): void {
  const method = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
  Reflect.set(owner, name, function (this: unknown, ...args: unknown[]): unknown {
    return put(args, () => Reflect.apply(method, this, args));
  });
}

/** Pieces of a stream. */
function watchStream(stream: object): void {
  around(stream, "write", ([piece], go) => {
    const isTaken = go();
    wrote(Buffer.byteLength(piece as string | Uint8Array));
    return isTaken;
  });
}

function watchFiles(): void {
  /** Those that are open, by their descriptors. */
  const watched = new Set<number>();
  around(fs, "openSync", ([path], go) => {
    const file = go() as number;
    if (String(path).endsWith(to)) watched.add(file);
    else watched.delete(file);
    return file;
  });
  around(fs, "writeSync", (args, go) => {
    const [file, data, offset = 0] = args as [number, Uint8Array, number?];
    if (!watched.has(file)) return go();
    const isCut = signal === "SIGKILL" && afterMs === undefined && left > 0 && left < data.length - offset;
    const written = isCut ? fs.writevSync(file, [data.subarray(offset, offset + left)]) : (go() as number);
    wrote(written);
    return written;
  });
  around(fs.promises, "open", async ([path], go) => {
    const handle = (await go()) as object;
    if (String(path).endsWith(to))
      around(handle, "write", async (_, goOn) => {
        const done = (await goOn()) as { readonly bytesWritten: number };
        wrote(done.bytesWritten);
        return done;
      });
    return handle;
  });
  // What was imported by name.
  syncBuiltinESMExports();
}

if (left <= 0) reached();
else if (to === "stdout") watchStream(process.stdout);
else if (to === "response") watchStream(ServerResponse.prototype);
else watchFiles();
