/** Labels of a sample, such as `{ model_name: "helium-nano" }`. */
export type Labels = Readonly<Record<string, string>>;

/** Of labels that somebody keeps and counts each token under. */
const known = new WeakMap<Labels, string>();

/** `{model_name="helium-nano"}`, in Prometheus' text format; nothing for no labels. */
export function labelText(labels: Labels): string {
  const text = known.get(labels) ?? written(labels);
  known.set(labels, text);
  return text;
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
