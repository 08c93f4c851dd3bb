import type { QuantisingCost } from "./accuracy/quantising.bench.ts";

/** The table of docs/eval.md: what matrices in fewer bits change. */
export function quantisingTable({ date, machine, model, questions, rows }: QuantisingCost): string {
  const percent = (value: number, digits = 2): string => (100 * value).toFixed(digits);
  const signed = (value: number): string => `${value < 0 ? "−" : "+"}${percent(Math.abs(value))}`;
  const exact = rows[0]?.bitsPerByte ?? NaN;
  return [
    `${model}, ${questions.toLocaleString("en")} questions of the synthetic sets, ${date.slice(0, 10)}, commit ${machine.commit ?? "none"}:`,
    "",
    "| matrices | size | right answers | beside f32, same questions | answers that turned | bits a byte of text |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map(({ dtype, bytes, accuracy, difference, changed, bitsPerByte }) =>
      [
        "",
        dtype,
        `${(bytes / 1e6).toFixed(1)} MB`,
        `${percent(accuracy.value)} ± ${percent(accuracy.stderr ?? NaN)} %`,
        dtype === "f32" ? "" : `${signed(difference.value)} ± ${percent(difference.stderr ?? NaN)}`,
        dtype === "f32" ? "" : `${percent(changed, 1)} %`,
        `${bitsPerByte.toFixed(4)}${dtype === "f32" ? "" : ` (${bitsPerByte < exact ? "−" : "+"}${Math.abs(bitsPerByte - exact).toFixed(4)})`}`,
        "",
      ]
        .join(" | ")
        .trim(),
    ),
  ].join("\n");
}
