import type { Backend } from "@helium-lm/tensor";
import { KvCache } from "@helium-lm/nn";
import { DecoderConfig } from "../config/index.ts";
import type { HeadModels, HeadName } from "../heads/index.ts";
import type { ModelSource } from "../sources/index.ts";
import type { loadModel, LoadOptions } from "../loading/load-model.ts";
import { expectClose, expectSame, type Values } from "./compare.ts";
import type { FamilyDraw } from "./draw.ts";
import { randomCheckpoint } from "./random-checkpoint.ts";

/** What all drawn models of a run share. */
export interface SuiteContext {
  readonly backend: Backend;
  /** Another backend, which generation is compared with. */
  readonly reference: Backend;
  readonly bitExactRows: boolean;
  readonly load: typeof loadModel;
}

/** One drawn model under test. */
export class DrawnModel {
  readonly context: SuiteContext;
  readonly draw: FamilyDraw;
  readonly config: DecoderConfig;
  /** The main row of token ids. */
  readonly ids: readonly number[];
  /** Further rows, of other lengths. */
  readonly mates: readonly (readonly number[])[];

  constructor(context: SuiteContext, draw: FamilyDraw) {
    this.context = context;
    this.draw = draw;
    this.config = DecoderConfig.fromJSON(draw.config);
    const inVocabulary = (row: readonly number[]): number[] => row.map((id) => id % this.config.vocabSize);
    this.ids = inVocabulary(draw.ids);
    this.mates = draw.mates.map(inVocabulary);
  }

  get backend(): Backend {
    return this.context.backend;
  }

  /** The checkpoint of a head. */
  source(head: HeadName): ModelSource {
    const { seed, dtype } = this.draw;
    return randomCheckpoint(this.config, head, { seed, dtype });
  }

  /** Loads a head, from its own checkpoint unless another source is given; the caller disposes it. */
  open<H extends HeadName>(
    head: H,
    source: ModelSource = this.source(head),
    options: LoadOptions = {},
  ): Promise<HeadModels[H]> {
    return this.context.load(head, source, { backend: this.backend, ...options });
  }

  /** An empty cache for this model, with pages of the drawn size; the caller disposes it. */
  cache(backend: Backend = this.backend): KvCache {
    const { numHiddenLayers: layers, numKeyValueHeads: kvHeads, headDim } = this.config.traits;
    return new KvCache(backend, { layers, kvHeads, headDim, pageSize: this.draw.pageSize });
  }

  /** `ids` as runs: the drawn chunks, then single tokens. */
  get runs(): readonly (readonly number[])[] {
    const runs: (readonly number[])[] = [];
    let start = 0;
    for (const length of [...this.draw.chunks, ...this.ids.map(() => 1)]) {
      if (start >= this.ids.length) break;
      runs.push(this.ids.slice(start, start + length));
      start += length;
    }
    return runs;
  }

  /** Compares two ways of computing the same rows: bit for bit where the backend promises that. @throws Mismatch */
  expectAlike(what: string, got: Values, want: Values): void {
    if (this.context.bitExactRows) expectSame(what, got, want);
    else expectClose(what, got, want);
  }
}
