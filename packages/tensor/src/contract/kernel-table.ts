import type { Operand, QuantFormatName, QuantOperand } from "./operand.ts";
import type { DType } from "../dtypes/dtype.ts";
import type { CoreOp, FusedOp, Kernel, OpName, OpSignatures } from "./kernels.ts";

/** Stored types that a kernel takes together: of the result, and of each input. An input not named here may not be given. */
export type Accepts<K extends OpName> = { readonly out: readonly DType[] } & {
  readonly [I in keyof OpSignatures[K]["inputs"]]: readonly StoredNames<NonNullable<OpSignatures[K]["inputs"][I]>>[];
};

/** What the stored types of an input are named by, of each kind of operand that it may be. */
type StoredNames<Input> = Input extends QuantOperand ? QuantFormatName : DType;

/** What a kernel asks of a call besides its stored types. */
export interface Condition<K extends OpName> {
  /** In words that go on from "where it has": `rows that lie in one piece`. */
  readonly says: string;
  /**
   * Decides by parameters, shapes and strides; handles are not looked into. `out` is null where the result is a new
   * tensor, which is contiguous.
   */
  holds(inputs: OpSignatures[K]["inputs"], params: OpSignatures[K]["params"], out: Operand | null): boolean;
}

/** A kernel beside what it takes. */
export interface KernelEntry<K extends OpName> {
  /** Alternatives; a call must fit one. */
  readonly accepts: readonly Accepts<K>[];
  readonly when?: Condition<K>;
  /** `host` = JavaScript on a backend whose own kernels run elsewhere; on `cpu` and `reference` JavaScript is the kernel. */
  readonly path: "kernel" | "host";
  readonly run: Kernel<K>;
}

/** Kernels of some ops. Those of one op are asked in order: the first that takes a call carries it out. */
export type KernelEntries<Ops extends OpName> = { readonly [K in Ops]: readonly KernelEntry<K>[] };

/** All kernels of a backend. What no kernel takes is cast to f32 and back (core ops) or composed (the others). */
export type KernelTable = KernelEntries<CoreOp> & Partial<KernelEntries<FusedOp>>;

/** A kernel of the backend itself. */
export function kernelEntry<K extends OpName>(
  accepts: Accepts<K> | readonly Accepts<K>[],
  run: Kernel<K>,
  when?: Condition<K>,
): KernelEntry<K> {
  const alternatives = Array.isArray(accepts) ? (accepts as readonly Accepts<K>[]) : [accepts as Accepts<K>];
  return { accepts: alternatives, path: "kernel", run, ...(when && { when }) };
}

/** Kernels beside what they take, both by op. */
export function tableOf<Ops extends OpName>(
  kernels: { readonly [K in Ops]: Kernel<K> },
  accepts: { readonly [K in Ops]: readonly Accepts<K>[] },
): KernelEntries<Ops> {
  const entries = (Object.keys(kernels) as Ops[]).map((op) => [op, [kernelEntry(accepts[op], kernels[op])]]);
  return Object.fromEntries(entries) as KernelEntries<Ops>;
}

/** The table with every entry changed. */
export function mapEntries<Table extends Partial<KernelEntries<OpName>>>(
  table: Table,
  change: <K extends OpName>(entry: KernelEntry<K>, op: K) => KernelEntry<K>,
): Table {
  const changed = <K extends OpName>(op: K): readonly KernelEntry<K>[] =>
    (table[op] as readonly KernelEntry<K>[]).map((entry) => change(entry, op));
  return Object.fromEntries((Object.keys(table) as OpName[]).map((op) => [op, changed(op)])) as Table;
}

/** The same kernels, on a backend whose own run elsewhere. */
export const onHost = <Table extends Partial<KernelEntries<OpName>>>(table: Table): Table =>
  mapEntries(table, (entry) => ({ ...entry, path: "host" }));

/** An input as far as its stored type goes. */
export type StoredType = { readonly dtype: DType } | { readonly format: QuantFormatName };

/** Dtype of a tensor, format of a quantised matrix. */
export const storedName = (input: StoredType): DType | QuantFormatName =>
  "format" in input ? input.format : input.dtype;

/** The kernel that carries out a call; undefined where none takes it. */
export function kernelFor<K extends OpName>(
  { kernels }: { readonly kernels: KernelTable },
  op: K,
  out: DType,
  inputs: OpSignatures[K]["inputs"],
  params: OpSignatures[K]["params"],
  target: Operand | null = null,
): KernelEntry<K> | undefined {
  const entries = kernels[op] as readonly KernelEntry<K>[] | undefined;
  if (!entries) return undefined;
  for (const entry of entries)
    if (takes(entry, out, inputs) && (!entry.when || entry.when.holds(inputs, params, target))) return entry;
  return undefined;
}

/** How a backend would carry out a call of these stored types at best; null where no kernel takes them. */
export function kernelPath<K extends OpName>(
  { kernels }: { readonly kernels: KernelTable },
  op: K,
  out: DType,
  inputs: { readonly [I in keyof OpSignatures[K]["inputs"]]: StoredType },
): KernelEntry<K>["path"] | null {
  const entries = (kernels[op] ?? []) as readonly KernelEntry<K>[];
  return entries.find((entry) => takes(entry, out, inputs))?.path ?? null;
}

function takes<K extends OpName>({ accepts }: KernelEntry<K>, out: DType, inputs: object): boolean {
  const given = inputs as Readonly<Record<string, StoredType | undefined>>;
  for (const one of accepts) if (one.out.includes(out) && fits(one, given)) return true;
  return false;
}

function fits(
  accepted: Readonly<Record<string, readonly string[] | undefined>>,
  given: Readonly<Record<string, StoredType | undefined>>,
): boolean {
  for (const name in given) {
    const input = given[name];
    if (input !== undefined && !accepted[name]?.includes(storedName(input))) return false;
  }
  return true;
}
