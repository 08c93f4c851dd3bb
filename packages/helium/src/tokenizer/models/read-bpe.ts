import { describe, isWellFormed, quoted } from "../json-node.ts";
import type { JsonNode } from "../json-node.ts";
import { BpeModel } from "./bpe.ts";
import type { Merge } from "./merge-table.ts";
import { maxIds, type TokenizerModel } from "../stages.ts";

/** `{ token: id, … }`, no id twice. */
const readVocab = (node: JsonNode): Map<string, number> => {
  const vocab = new Map<string, number>();
  const owners = new Map<number, string>();
  for (const [token, id] of Object.entries(node.record())) {
    if (!isWellFormed(token)) throw node.error(`holds the token ${quoted(token)}, expected valid Unicode`);
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= maxIds) {
      throw node.get(token).error(`${describe(id)}, expected an integer from 0 to ${maxIds - 1}`);
    }
    const owner = owners.get(id);
    if (owner !== undefined) throw node.get(token).error(`is ${id}, which is already the id of ${quoted(owner)}`);
    owners.set(id, token);
    vocab.set(token, id);
  }
  return vocab;
};

/** A merge as `"a b"` or `["a", "b"]`. */
const readPair = (entry: unknown): readonly [string, string] | null => {
  const parts: unknown[] = typeof entry === "string" ? entry.split(" ") : Array.isArray(entry) ? entry : [];
  const [left, right] = parts;
  return parts.length === 2 && typeof left === "string" && typeof right === "string" ? [left, right] : null;
};

const readMerges = (node: JsonNode, vocab: ReadonlyMap<string, number>, prefix: string): Merge[] => {
  const entries = node.list().filter((entry) => typeof entry !== "string" || !entry.startsWith("#version"));
  if (entries.length >= maxIds) throw node.error(`has ${entries.length} entries, expected fewer than ${maxIds}`);
  return entries.map((entry, rank) => {
    const pair = readPair(entry);
    if (pair === null) throw node.at(rank).error(`${describe(entry)}, expected "left right" or ["left", "right"]`);
    const tokens = [...pair, pair[0] + pair[1].slice(prefix.length)];
    const ids = tokens.map((token) => {
      const id = vocab.get(token);
      if (id === undefined) throw node.at(rank).error(`needs the token ${quoted(token)}, which vocab lacks`);
      return id;
    });
    return { left: ids[0] as number, right: ids[1] as number, merged: ids[2] as number };
  });
};

/** Real ones are `##` and `</w>`; they are put to every character. */
const maxAffix = 64;

const readAffix = (node: JsonNode): string => {
  const text = node.isMissing ? "" : node.string();
  if (text.length <= maxAffix) return text;
  throw node.error(`has ${text.length} characters, expected at most ${maxAffix}`);
};

/** `{ "type": "BPE", "vocab": { token: id }, "merges": ["a b" | ["a", "b"], …], … }` */
export const readBpe = (node: JsonNode): TokenizerModel => {
  const dropout = node.get("dropout");
  if (!dropout.isMissing && dropout.value !== 0) {
    throw dropout.error(`${describe(dropout.value)}, expected null: encoding is deterministic here`, "set it to null");
  }
  const vocab = readVocab(node.get("vocab"));
  const unkToken = node.get("unk_token");
  const continuingSubwordPrefix = readAffix(node.get("continuing_subword_prefix"));
  return new BpeModel({
    vocab,
    merges: readMerges(node.get("merges"), vocab, continuingSubwordPrefix),
    unkToken: unkToken.isMissing ? null : unkToken.string(),
    fuseUnk: node.get("fuse_unk").boolean(false),
    byteFallback: node.get("byte_fallback").boolean(false),
    ignoreMerges: node.get("ignore_merges").boolean(false),
    continuingSubwordPrefix,
    endOfWordSuffix: readAffix(node.get("end_of_word_suffix")),
  });
};
