import { isDType, isFloat, type Backend, type DType } from "@helium-lm/tensor";
import { fittingFormat, isQuantFormat, quantRowBytes } from "@helium-lm/tensor/quant";
import type { TensorInfo } from "../io/index.ts";
import { keptMatrix, matrixPath, type KeptMatrix } from "./kept-matrix.ts";
import type { DTypeFallback, LoadReport, SlowMatrix } from "../weights/load-report.ts";
import type { MatrixDType, WeightDType } from "../weights/matrix-dtypes.ts";

export interface KeptDTypesOptions {
  /** Of all matrices, or by path; default "auto". */
  readonly dtype?: MatrixDType | ((path: string) => MatrixDType);
  /** Rows that do not fill a block format's blocks are an error; default: they take its fallback, or bf16. */
  readonly strictDtype?: boolean;
}

/** What the tensors of a checkpoint are kept as on a backend, and what of that is not as it was asked for. */
export class KeptDTypes {
  readonly #backend: Backend;
  readonly #options: KeptDTypesOptions;
  readonly #fallbacks: DTypeFallback[] = [];
  readonly #slow: SlowMatrix[] = [];
  /** What the backend keeps matrices as, by how they are stored. */
  readonly #kept = new Map<string, KeptMatrix>();

  constructor(backend: Backend, options: KeptDTypesOptions) {
    this.#backend = backend;
    this.#options = options;
  }

  /** What is asked for of a tensor that must be dense: a format, which is for layers that multiply and look up, means "auto" here. */
  dense(path: string): WeightDType {
    const dtype = this.#wanted(path);
    return isQuantFormat(dtype) ? "auto" : dtype;
  }

  /** What a matrix is kept as: what was asked for, if its rows fill that format's blocks and the backend stores them. */
  matrix(path: string, { dtype: stored, shape }: TensorInfo): MatrixDType {
    const wanted = this.#wanted(path);
    if (wanted === "auto") {
      if (!isQuantFormat(stored)) return wanted;
      const { kept, runs } = this.#keptAs(stored);
      if (runs !== "kernel") this.#slow.push({ path, stored, kept, runs });
      return isQuantFormat(kept) ? kept : wanted;
    }
    if (!isQuantFormat(wanted)) return wanted;
    const columns = shape.at(-1) ?? 0;
    // Throws, naming the mend, where nothing else is allowed.
    if (this.#options.strictDtype === true) quantRowBytes(wanted, columns);
    const used = fittingFormat(wanted, columns) ?? "bf16";
    if (used !== wanted) this.#fallbacks.push({ path, wanted, used });
    if (isQuantFormat(used)) {
      const runs = matrixPath(this.#backend, used);
      if (runs !== "kernel") this.#slow.push({ path, stored: used, kept: used, runs });
    }
    return used;
  }

  report(): Pick<LoadReport, "fallbacks" | "slow"> {
    return {
      ...(this.#fallbacks.length > 0 && { fallbacks: [...this.#fallbacks] }),
      ...(this.#slow.length > 0 && { slow: [...this.#slow] }),
    };
  }

  #wanted(path: string): MatrixDType {
    const { dtype = "auto" } = this.#options;
    return typeof dtype === "function" ? dtype(path) : dtype;
  }

  #keptAs(stored: string): KeptMatrix {
    const known = this.#kept.get(stored) ?? keptMatrix(this.#backend, stored);
    this.#kept.set(stored, known);
    return known;
  }
}

/** The dtype of the elements of a dense tensor: vectors are f32, integers stay; null for what no tensor holds as it is stored. */
export function elementDType({ dtype, shape }: Pick<TensorInfo, "dtype" | "shape">, wanted: WeightDType): DType | null {
  const stored = isQuantFormat(dtype) ? "f32" : dtype;
  if (!isDType(stored)) return null;
  if (!isFloat(stored)) return stored;
  if (shape.length < 2) return "f32";
  return wanted === "auto" ? stored : wanted;
}
