import { contentTag, sendRange, type Fault } from "./fake-hub.ts";

/** Content that is kept back until it is let go. */
export interface KeptBack {
  readonly fault: Fault;
  /** Whether any was asked for. */
  readonly isAsked: () => boolean;
  readonly letGo: () => void;
}

/** Keeps large files back: who loads a model waits for as long as a test needs. */
export function keepBack(): KeptBack {
  const waiting: (() => void)[] = [];
  let isKept = true;
  return {
    fault: ({ server, headers }, response, content) => {
      if (!isKept || server !== "content" || content === null) return false;
      waiting.push(() => sendRange(response, headers, content, contentTag(content)));
      return true;
    },
    isAsked: () => waiting.length > 0,
    letGo: () => {
      isKept = false;
      for (const answer of waiting) answer();
    },
  };
}
