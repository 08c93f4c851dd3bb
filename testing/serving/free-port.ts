import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type ListenOptions } from "node:net";

/**
 * From here to there systems give no port to whoever asks for any: Linux begins at 32768, others at 49152. Below, browsers and
 * `fetch` refuse some (10080 is the last).
 */
const [FIRST, END] = [10_100, 32_000];

/** Whether it can be listened at. @param keep goes on listening until the process ends */
async function canListen(at: ListenOptions, keep = false): Promise<boolean> {
  const server = createServer().unref();
  try {
    server.listen(at);
    await once(server, "listening");
    if (keep) return true;
    server.close();
    await once(server, "close");
    return true;
  } catch {
    return false;
  }
}

/**
 * A port of 127.0.0.1 for a program that a test starts, kills and starts again. While this process lives, none gets the same one
 * by this function, and none by chance: neither who listens at any free port nor who connects to another.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + randomInt(END - FIRST);
    // A name that the kernel forgets with the process; only Linux has them.
    const isOurs = process.platform !== "linux" || (await canListen({ path: `\0helium-lm-port-${port}` }, true));
    if (isOurs && (await canListen({ host: "127.0.0.1", port }))) return port;
  }
}
