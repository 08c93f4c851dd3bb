import { GgufError, type CheckpointReader, type GgufMetadata } from "@helium-lm/nn";

/** What a config is made of: metadata, which tensors there are, and the small ones that scale frequencies. */
export interface GgufView extends Pick<CheckpointReader, "has" | "info" | "readBytes"> {
  /** File name, for messages. */
  readonly name: string;
  readonly metadata: GgufMetadata;
}

/** An open GGUF model, in one file or several. */
export type GgufReader = GgufView & CheckpointReader;

/** What the metadata and the tensor list of a model say, read by the keys of its architecture. */
export class GgufHyperparameters {
  readonly reader: GgufView;
  /** `general.architecture` */
  readonly architecture: string;

  constructor(reader: GgufView) {
    this.reader = reader;
    const architecture = reader.metadata.text("general.architecture");
    if (architecture === undefined)
      throw new GgufError(reader.name, "has no general.architecture; it is not a model, or is incomplete");
    this.architecture = architecture;
  }

  /** The number under `{architecture}.{key}`; an f32 as the shortest decimal that rounds to it. @throws GgufError */
  number(key: string): number | undefined {
    const path = `${this.architecture}.${key}`;
    const value = this.reader.metadata.number(path);
    return value !== undefined && this.reader.metadata.get(path)?.type === "f32" ? shortestDecimal(value) : value;
  }

  /** @throws GgufError when there is no such number */
  required(key: string): number {
    const value = this.number(key);
    if (value !== undefined) return value;
    throw new GgufError(
      this.reader.name,
      `has no ${this.architecture}.${key}, without which a ${this.architecture} model cannot be built; convert it again`,
      { key: `${this.architecture}.${key}` },
    );
  }

  text(key: string): string | undefined {
    return this.reader.metadata.text(`${this.architecture}.${key}`);
  }

  has(tensor: string): boolean {
    return this.reader.has(tensor);
  }

  get layers(): number {
    return this.required("block_count");
  }

  get hiddenSize(): number {
    return this.required("embedding_length");
  }

  get heads(): number {
    return this.required("attention.head_count");
  }

  get headDim(): number {
    return this.number("attention.key_length") ?? this.hiddenSize / this.heads;
  }

  get hasQkvBias(): boolean {
    return this.has("blk.0.attn_q.bias") || this.has("blk.0.attn_qkv.bias");
  }

  get hasOutBias(): boolean {
    return this.has("blk.0.attn_output.bias");
  }

  get hasMlpBias(): boolean {
    return this.has("blk.0.ffn_down.bias");
  }
}

/** 9.999999747378752e-6, which is the f32 nearest to 1e-5, → 1e-5 */
function shortestDecimal(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}
