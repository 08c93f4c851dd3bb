/** Labels of a sample, such as `{ model_name: "helium-nano" }`. */
export type Labels = Readonly<Record<string, string>>;

/** `{model_name="helium-nano"}`, in Prometheus' text format; nothing for no labels. */
export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
