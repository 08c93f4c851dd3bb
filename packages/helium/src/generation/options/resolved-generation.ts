import type { ProcessorValues } from "../processors/index.ts";
import type { ResolvedCall } from "./resolve-call.ts";
import type { SettingValues } from "./settings.ts";
import type { StopStrings } from "../stopping/criterion.ts";

type Rows = readonly (readonly number[])[];

/** Settings with every default filled in; null = off. */
export interface ResolvedGeneration extends ResolvedCall, ProcessorValues, SettingValues {
  /** Prompts `[B][T]`. */
  readonly inputIds: Rows;
  readonly attentionMask: Rows;
  readonly promptLength: number;
  /** Rows per prompt while decoding: beams, or rows drawn. */
  readonly copies: number;
  /** Length at which generation stops, prompt included. */
  readonly maxLength: number;
  readonly stopStrings: StopStrings | null;
  readonly negativePrompt: { readonly ids: Rows; readonly mask: Rows };
  readonly eosTokenIds: ReadonlySet<number>;
  /** The pad token, else the first eos, else null. */
  readonly padTokenId: number | null;
  readonly vocabSize: number;
  readonly maxPositionEmbeddings: number;
  /** One for each prompt. */
  readonly seeds: readonly number[];
  readonly warn: (message: string) => void;
  /** What `warn` was told. */
  readonly warnings: readonly string[];
}
