import { fileURLToPath } from "node:url";
import { AutoTokenizer, createEngineWorker } from "@helium-lm/helium";
import { converse } from "./ten-conversations.ts";

const folder = fileURLToPath(new URL("../../../models/helium-nano", import.meta.url));
const tokenizer = await AutoTokenizer.fromPretrained(folder);
const engine = await createEngineWorker(folder, { engine: { maxTokens: 16_384 } });

const conversations = await converse(engine, tokenizer);
for (const { text, turns } of conversations) {
  const [, second] = turns;
  console.log(`${text}\n  second turn: ${second?.reusedTokens} tokens kept, ${second?.computedTokens} computed\n`);
}
console.log(await engine.stats());
engine.dispose();
