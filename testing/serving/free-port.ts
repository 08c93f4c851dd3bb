import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type ListenOptions, type Server } from "node:net";

/**
 * From here to there systems give no port to whoever asks for any: Linux begins at 32768, others at 49152. Below, browsers and
 * `fetch` refuse some (10080 is the last).
 */
const [FIRST, END] = [10_100, 32_000];

/** Listens until the process ends. @returns null where somebody else does */
async function listen(at: ListenOptions): Promise<Server | null> {
  const server = createServer().unref();
  try {
    server.listen(at);
    await once(server, "listening");
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return null;
    throw error;
  }
}

/** Takes a name that the kernel forgets with the process, so that no other test gets the port. */
async function reserve(port: number): Promise<boolean> {
  if (process.platform !== "linux") return true;
  // Where there are no such names, ports differ by chance.
  return (await listen({ path: `\0helium-lm-port-${port}` }).catch(() => undefined)) !== null;
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen({ host: "127.0.0.1", port });
  if (server === null) return false;
  server.close();
  await once(server, "close");
  return true;
}

/**
 * A port of 127.0.0.1 for a program that a test starts, kills and starts again. While this process lives, none gets the same one
 * by this function, and none by chance: neither who listens at any free port nor who connects to another.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + randomInt(END - FIRST);
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
}
