import { pythonJson } from "../python/json.ts";
import { pythonStr } from "../python/repr.ts";
import type { Sample, SampleHashes } from "./results.ts";

/**
 * SHA-256 of a document, of its first prompt and of its target, as lm-evaluation-harness takes them: equal ones tell that two
 * runs asked the same.
 *
 * @param prompt the context of the first request
 */
export async function sampleHashes({
  doc,
  prompt,
  target,
}: Pick<Sample, "doc" | "target"> & { readonly prompt: string }): Promise<SampleHashes> {
  const [ofDoc, ofPrompt, ofTarget] = await Promise.all([pythonJson(doc), prompt, pythonStr(target)].map(sha256));
  return { doc: ofDoc ?? "", prompt: ofPrompt ?? "", target: ofTarget ?? "" };
}

/** SHA-256 over the hashes of a task's samples, in their order. */
export const taskHash = (samples: readonly Sample[]): Promise<string> =>
  sha256(samples.map(({ hashes: { doc, prompt, target } }) => doc + prompt + target).join(""));

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
