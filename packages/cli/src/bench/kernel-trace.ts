import { configureDispatch, type Backend, type Path, type TraceEvent } from "@helium-lm/tensor";

/** An op that no kernel of the backend carried out. */
export interface SlowOp {
  readonly op: string;
  readonly path: Exclude<Path, "kernel">;
  /** `f32, q8_0 → f32` */
  readonly types: string;
  readonly calls: number;
}

/** How the ops of some work were carried out. */
export interface KernelTrace {
  readonly calls: Readonly<Record<Path, number>>;
  readonly slow: readonly SlowOp[];
}

/** Does some work op by op, which takes longer, and tells how each was carried out. */
export async function traceKernels(backend: Backend, work: () => Promise<unknown>): Promise<KernelTrace> {
  const calls: Record<Path, number> = { kernel: 0, host: 0, cast: 0, composed: 0 };
  const slow = new Map<string, SlowOp>();
  configureDispatch(backend, {
    onOp: (event) => {
      calls[event.path]++;
      if (event.path === "kernel") return;
      const { op, path } = event;
      const types = typesOf(event);
      const key = [op, path, types].join(" ");
      slow.set(key, { op, path, types, calls: (slow.get(key)?.calls ?? 0) + 1 });
    },
  });
  try {
    await work();
  } finally {
    configureDispatch(backend, {});
  }
  return { calls, slow: [...slow.values()] };
}

const typesOf = ({ inputs, out }: TraceEvent): string =>
  `${Object.values(inputs).join(", ")} → ${out.dtype}`.trimStart();

const paths: { readonly [P in SlowOp["path"]]: string } = {
  host: "in JavaScript on the host",
  cast: "between casts to f32",
  composed: "composed of others",
};

/** One line: how many calls were kernels, and every other by its name. */
export function traceText({ calls, slow }: KernelTrace): string {
  const kernels = `${calls.kernel} calls of kernels`;
  if (slow.length === 0) return `${kernels} and no other`;
  const ways = (Object.keys(paths) as SlowOp["path"][]).flatMap((path) => {
    const ops = slow.filter((one) => one.path === path);
    if (ops.length === 0) return [];
    return [
      `${calls[path]} ${paths[path]} (${ops.map(({ op, types, calls: n }) => `${op} ${types} × ${n}`).join("; ")})`,
    ];
  });
  return [kernels, ...ways].join(", ");
}
