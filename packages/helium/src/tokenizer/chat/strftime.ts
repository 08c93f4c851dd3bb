const months = "January February March April May June July August September October November December".split(" ");
const days = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const two = (value: number): string => String(value).padStart(2, "0");

const dayOfYear = (date: Date): number =>
  Math.round(
    (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0, 0)) / 86_400_000,
  );

/** Python's `strftime` in the C locale, for the directives that templates use. */
const directives: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getFullYear()),
  y: (date) => two(date.getFullYear() % 100),
  m: (date) => two(date.getMonth() + 1),
  d: (date) => two(date.getDate()),
  e: (date) => String(date.getDate()).padStart(2, " "),
  j: (date) => String(dayOfYear(date)).padStart(3, "0"),
  B: (date) => months[date.getMonth()] ?? "",
  b: (date) => (months[date.getMonth()] ?? "").slice(0, 3),
  A: (date) => days[date.getDay()] ?? "",
  a: (date) => (days[date.getDay()] ?? "").slice(0, 3),
  H: (date) => two(date.getHours()),
  I: (date) => two(date.getHours() % 12 || 12),
  M: (date) => two(date.getMinutes()),
  S: (date) => two(date.getSeconds()),
  p: (date) => (date.getHours() < 12 ? "AM" : "PM"),
  "%": () => "%",
};

/** A date as text, e.g. `%d %B %Y`; `%-d` is without the leading zero. Unknown directives stay. */
export function strftime(date: Date, format: string): string {
  return format.replace(/%(-?)([A-Za-z%])/g, (directive, bare: string, letter: string) => {
    const text = directives[letter]?.(date);
    if (text === undefined) return directive;
    return bare === "" ? text : text.replace(/^[0 ]+(?=.)/, "");
  });
}
