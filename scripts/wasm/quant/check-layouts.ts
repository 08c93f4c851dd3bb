import { panelFormats as layouts } from "../../../packages/tensor/src/backends/wasm/quant-layout.ts";
import { quantFormats } from "../../../packages/tensor/src/quant/formats/index.ts";
import { panelBlockBytes } from "./conversions.ts";
import { panelFormats } from "./panel-formats.ts";

/** Holds the descriptions of the generated kernels against what the backend and the formats themselves say. */
export function checkLayouts(): void {
  for (const format of panelFormats) {
    const { name, code, activation, fileBytes } = format;
    const said = JSON.stringify({ code, blockBytes: panelBlockBytes(format), activation, fileBytes });
    const entry = Object.entries(layouts).find(([key]) => key === name)?.[1];
    const file = Object.values(quantFormats).find((one) => one.name === name)?.blockBytes;
    const expected = JSON.stringify({ ...entry, fileBytes: file });
    if (said !== expected) throw new Error(`${name}: the generator says ${said}, the backend ${expected}`);
  }
}
