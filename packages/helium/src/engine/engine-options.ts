import type { KvDType } from "@helium-lm/nn";
import type { ReplayMode } from "./pass-inputs.ts";

export interface EngineOptions {
  /** Tokens whose keys and values are kept at most, over all sequences; default: no limit but memory. */
  readonly maxTokens?: number;
  /** Tokens of one pass; default: as many as 25 ms allow, so that the event loop stays alive, or 250 ms on a device beside it. */
  readonly budget?: number;
  /** Storage of keys and values; default: the model's choice, for `maxTokens` or else for the texts of each call. */
  readonly kvDType?: KvDType;
  /**
   * Keeps the pages of texts that ended until their room is needed, so that a text with the same start need not be computed
   * again. Default true; the memory is freed with the engine.
   */
  readonly keepPrefixes?: boolean;
  /**
   * Records passes and replays those that come again, where the backend can; the numbers are the same. `checked` runs one in
   * 64 op by op and compares its commands, to find a model that computes something else from pass to pass. Default true.
   */
  readonly replay?: ReplayMode;
  /**
   * Greedy tokens of one text that a device beside the event loop, such as `webgpu`, chooses before the first of them is read:
   * it goes on while they are on their way, and up to twice as many behind a text's end are computed in vain. Default: those of
   * 50 ms, at most 8, and none while other texts are under way; 0: each token is read before the next.
   */
  readonly lookahead?: number;
  /** Called before each pass, when those who got something with the one before have heard of it. It must not throw. */
  readonly beforePass?: () => void;
}

/** Those that can cross to a worker. */
export type ClonableEngineOptions = Omit<EngineOptions, "beforePass">;

/** How the passes of an engine were carried out. */
export interface ReplayStats {
  /** Passes that were a replay of one before. */
  readonly replayed: number;
  /** Why the last pass was not; null where it was, or where there was none. */
  readonly reason: string | null;
}

/** What an engine has done and is doing. */
export interface EngineStats {
  /** Requests with tokens computed, that ask for more. */
  readonly running: number;
  /** Requests of which nothing is computed yet. */
  readonly waiting: number;
  /** Forward passes so far. */
  readonly passes: number;
  readonly replay: ReplayStats;
  /** Tokens computed in them. */
  readonly computedTokens: number;
  /** Tokens that were not computed since a page of them was kept. */
  readonly reusedTokens: number;
  /** Tokens that speculative decoding tried, and those of them that stayed. */
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  /** New tokens that grammars left no choice of: they were added without a pass of their own. */
  readonly forcedTokens: number;
  /** Times that a client lost its pages to an earlier one. */
  readonly preemptions: number;
  readonly pages: PageStats;
}

/** The memory for keys and values. In use are `held / limit` of it, or of `capacity` where there is no limit. */
export interface PageStats {
  /** Pages that texts under way hold, shared ones counted once. */
  readonly held: number;
  /** Pages kept for texts that may come again; a text under way may have them. */
  readonly cached: number;
  /** Pages there is memory for now. */
  readonly capacity: number;
  /** Pages that `maxTokens` allows; null: no limit. */
  readonly limit: number | null;
  /** Tokens of a page. */
  readonly pageSize: number;
}
