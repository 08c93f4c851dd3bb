import type { Layout } from "../../layout.ts";

/** Where the rows of `[…, C]` start: the layout without its last axis. */
export function leadLayout({ shape, strides, offset }: Layout): Layout {
  return { shape: shape.slice(0, -1), strides: strides.slice(0, -1), offset };
}

/** One row of `[rows, …]`: the layout without its first axis. */
export function innerLayout({ shape, strides, offset }: Layout): Layout {
  return { shape: shape.slice(1), strides: strides.slice(1), offset };
}
