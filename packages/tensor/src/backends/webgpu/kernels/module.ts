import type { Shader } from "../pipelines.ts";
import { f16OfDevice } from "../wgsl/halves.ts";
import { moduleText, wgsl, type Fragment } from "../wgsl/tag.ts";

/** Threads of a workgroup, where a kernel does not say otherwise. */
export const THREADS = 64;

/** Workgroups for so many threads. */
export const groupsFor = (threads: number, size = THREADS): number => Math.ceil(threads / size);

/** A kernel as its own text sees it. */
export interface KernelSource {
  readonly name: string;
  /** Names of the storages read and written, with the WGSL type of their elements (default u32). */
  readonly reads?: Readonly<Record<string, string>>;
  readonly writes: Readonly<Record<string, string>>;
  /** Names of the parameters, with their types, from word 1 on; vectors are aligned as WGSL says. */
  readonly params: Readonly<Record<string, string>>;
  /** Body of `main`, in which `group` is the number of the workgroup, `lane` that of the thread in it, `thread` of all. */
  readonly body: Fragment;
  readonly threads?: number;
  /** The body may use subgroups: `subgroupSize` and `subgroupLane`, the number of the thread in its own. */
  readonly subgroups?: boolean;
}

/** The shader of a kernel: its bindings, parameters and entry point around its body. Parameters are `p.name`. */
export function kernelShader(source: KernelSource): Shader {
  const { name, reads = {}, writes, params, body, threads = THREADS, subgroups = false } = source;
  const binding = (access: string, storages: object, first: number): Fragment[] =>
    Object.entries(storages).map(
      ([storage, type], i) =>
        wgsl`@group(0) @binding(${first + i}) var<storage, ${access}> ${storage}: array<${String(type)}>;`,
    );
  const fields = Object.entries(params).map(([field, type]) => wgsl`  ${field}: ${type},`);
  const readCount = Object.keys(reads).length;
  const builtins = [
    ...["@builtin(workgroup_id) workgroup: vec3<u32>", "@builtin(local_invocation_index) lane: u32"],
    ...(subgroups ? ["@builtin(subgroup_size) subgroupSize: u32"] : []),
    ...(subgroups ? ["@builtin(subgroup_invocation_id) subgroupLane: u32"] : []),
  ];
  const main = wgsl`
struct Params {
  columns: u32,
${fields}
}
@group(0) @binding(0) var<uniform> p: Params;
${binding("read", reads, 1)}
${binding("read_write", writes, 1 + readCount)}

@compute @workgroup_size(${threads})
fn main(${builtins.join(", ")}) {
  let group = workgroup.x + workgroup.y * p.columns;
  let thread = group * ${threads} + lane;
${body}
}`;
  const enabled = subgroups ? "enable subgroups;\n\n" : "";
  const [text, textWithF16] = [moduleText(main), moduleText(main, f16OfDevice)];
  return {
    ...{ name, reads: readCount, writes: Object.keys(writes).length },
    code: enabled + text,
    ...(textWithF16 !== text && { codeWithF16: `enable f16;\n${enabled}${textWithF16}` }),
  };
}
