/**
 * A process of clients: `serve-clients.ts URL CLIENTS TEXTS VOCAB`. The texts of the `queue` test of `batch`, so many at a time,
 * over HTTP; like there, time ends when none is left to join. Prints `{ seconds, tokens }`.
 */
import { Agent } from "node:http";
import { streamText } from "../../testing/serving/stream-text.ts";
import { queuedText } from "../model-files/batch-texts.ts";

const [url = "", clients, texts, vocab] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** Tokens that the server has computed or found: of prompts and new ones. */
async function tokensSoFar(): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = text.matchAll(/^helium_(?:prompt|generation)_tokens_total\{.*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

const before = await tokensSoFar();
const started = performance.now();
let joined = 0;

async function client(): Promise<void> {
  while (joined < Number(texts)) {
    const { inputIds, newTokens } = queuedText(joined++, Number(vocab));
    const { status } = await streamText({ url, prompt: inputIds, maxTokens: newTokens, agent });
    if (status !== 200) throw new Error(`answered with ${status}`);
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ seconds, tokens: (await tokensSoFar()) - before }));
  process.exit(0);
}

await Promise.all(Array.from({ length: Number(clients) }, client));
