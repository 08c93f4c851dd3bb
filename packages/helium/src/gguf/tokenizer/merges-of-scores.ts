import type { ScoredVocabulary } from "../../tokenizer/sentencepiece/scored-vocabulary.ts";

/**
 * A scored BPE vocabulary as the list of merges that tokenizer.json wants: every way to join two pieces to a third, by the
 * score of the third. Texts in which equal scores meet, or with pieces whose characters are none, may be cut otherwise.
 */
export function mergesOfScores({ texts, scores, roles }: ScoredVocabulary): [string, string][] {
  const ids = new Map(texts.map((text, id) => [text, id] as const));
  const isJoined = (id: number): boolean => roles[id] === "normal" || roles[id] === "user-defined";
  const byScore = texts
    .map((_, id) => id)
    .filter(isJoined)
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return byScore.flatMap((id) => {
    const text = texts[id] ?? "";
    const merges: [string, string][] = [];
    for (let cut = 1; cut < text.length; cut++) {
      const [left, right] = [text.slice(0, cut), text.slice(cut)];
      if (ids.has(left) && ids.has(right)) merges.push([left, right]);
    }
    return merges;
  });
}
