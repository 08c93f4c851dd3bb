import { pageBytes, readPages, type KvDType, type PagePool } from "@helium-lm/nn";
import { PrefixFileError } from "../../errors.ts";
import type { ClientEngine } from "../engine-client.ts";
import type { EngineModel } from "../engine-model.ts";
import { digest } from "./digest.ts";

/** What stored pages depend on: only where all of it is the same are they what would be computed anew, to the last bit. */
export interface PrefixIdentity {
  readonly modelType: string;
  readonly backend: string;
  readonly kvDType: KvDType;
  readonly pageSize: number;
  /** Bytes of a page over all layers. */
  readonly pageBytes: number;
  readonly config: string;
  readonly weights: string;
  /** Digest of the keys and values of a fixed text: what the kernels of this version and machine make of it. */
  readonly numerics: string;
}

/** What to say of the first field that differs. */
const mends: { readonly [Field in keyof PrefixIdentity]: string } = {
  modelType: "they are of a model of another kind; keep a file for each model",
  backend: "they were computed on another backend; load the model on that one, or let them be stored anew",
  kvDType: "keys and values are stored otherwise; set kvDType, or let them be stored anew",
  pageSize: "pages have another size; let them be stored anew",
  pageBytes: "the model has other layers; keep a file for each model",
  config: "they are of a model with another config; keep a file for each model",
  weights: "they are of a model with other weights; keep a file for each model",
  numerics: "another version or machine computes other bits; let them be stored anew",
};

/** What the pages of a pool depend on; the pool must have memory for one. */
export async function prefixIdentity(
  model: EngineModel,
  engine: ClientEngine,
  pool: PagePool,
): Promise<PrefixIdentity> {
  const { modelType, config, weights, vocabSize, maxPositionEmbeddings } = await model.identify();
  const { dtype: kvDType, pageSize } = pool;
  const ids = Array.from({ length: pageSize }, (_, t) => (Math.imul(t + 1, 0x9e3779b1) >>> 4) % vocabSize);
  const numerics = pageSize > maxPositionEmbeddings ? "" : await digest(await probe(engine, kvDType, ids));
  return {
    ...{ modelType, backend: model.backend.name, kvDType, pageSize, pageBytes: pageBytes(pool) },
    ...{ config, weights, numerics },
  };
}

/** The keys and values of a text of one page, computed now. */
async function probe(engine: ClientEngine, kvDType: KvDType, ids: readonly number[]): Promise<Uint8Array> {
  const client = engine.open({ slots: ids.length, longest: ids.length, kvDType, salt: null });
  try {
    client.cache.addRows(1);
    const [sequence] = client.cache.sequences;
    if (!sequence) throw new RangeError("probe: there is no row");
    const row = { ids, positions: ids.map((_, t) => t), visible: null, skip: 0, sequence, outputs: 1 };
    await client.compute({ rows: [row], wanted: { kind: "states" }, chunkSize: null, isWhole: false });
    return await readPages(sequence.pool, sequence.pages);
  } finally {
    client.close();
  }
}

/** @throws PrefixFileError where the stored pages are not what would be computed here */
export function checkIdentity(given: PrefixIdentity, expected: PrefixIdentity): void {
  for (const [field, mend] of Object.entries(mends) as [keyof PrefixIdentity, string][])
    if (given[field] !== expected[field])
      throw new PrefixFileError(
        "prefixes",
        `${field} is ${String(given[field])}, the engine has ${String(expected[field])}: ${mend}`,
        { field, given: given[field], expected: expected[field] },
      );
}
