import { EvalError } from "../errors.ts";

/**
 * `json.dumps(value, indent=2, ensure_ascii=False)` of Python, over which the harness takes the hash of a document. Numbers are
 * written as Python writes them: whole ones (and bigints) as `int`, others as `float`; a column of floats that holds 1.0 cannot be
 * told from one of integers, and is written as the latter, unless it is a `PythonFloat`. Members that are undefined are left out.
 *
 * @param options.indent null: all in one line, with a space behind commas and colons, as `json.dumps` writes without `indent`
 * @throws EvalError for what JSON has no words for
 *
 * @example
 * console.log(pythonJson({ question: "¿Qué?", answer: 0.00001 })); // { "question": "¿Qué?", "answer": 1e-05 }
 */
export function pythonJson(value: unknown, { indent = 2 }: { readonly indent?: 2 | null } = {}): string {
  return written(value, indent === null ? null : "\n");
}

/** A number that is a `float` in Python, whole or not. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** @param newline with the indentation of what `value` stands in; null: none */
function written(value: unknown, newline: string | null): string {
  switch (typeof value) {
    case "string":
      return writtenString(value);
    case "number":
      return pythonNumber(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "object": {
      if (value === null) return "null";
      if (value instanceof PythonFloat) return floatText(value.value);
      const inner = newline === null ? null : `${newline}  `;
      if (Array.isArray(value) || ArrayBuffer.isView(value))
        return enclosed(
          "[",
          Array.from(value as ArrayLike<unknown>, (item) => written(item, inner)),
          "]",
          newline,
        );
      const members = Object.entries(value).flatMap(([name, member]) =>
        member === undefined ? [] : [`${writtenString(name)}: ${written(member, inner)}`],
      );
      return enclosed("{", members, "}", newline);
    }
    default:
      throw new EvalError("pythonJson", `cannot write a ${typeof value}; give what JSON has words for`, {
        given: value,
      });
  }
}

function enclosed(open: string, items: readonly string[], close: string, newline: string | null): string {
  if (items.length === 0) return open + close;
  if (newline === null) return open + items.join(", ") + close;
  const inner = `${newline}  `;
  return `${open}${inner}${items.join(`,${inner}`)}${newline}${close}`;
}

/** Lone surrogates stay as they are, which JavaScript would escape. */
const writtenString = (text: string): string =>
  JSON.stringify(text).replace(/\\(u(d[89a-f][0-9a-f]{2})|[^])/g, (escape, _: string, surrogate: string | undefined) =>
    surrogate === undefined ? escape : String.fromCharCode(parseInt(surrogate, 16)),
  );

function pythonNumber(value: number): string {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : floatText(value);
}

const floatText = (value: number): string =>
  Number.isFinite(value) ? pythonFloat(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

/**
 * The `repr` of a float: the shortest digits that give the number again, with an exponent of two digits at least from 1e16 on and
 * below 1e-4.
 */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const size = Number(exponent);
  if (size >= -4 && size < 16) {
    const plain = String(value);
    return plain.includes(".") ? plain : `${plain}.0`;
  }
  return `${digits}e${size < 0 ? "-" : "+"}${String(Math.abs(size)).padStart(2, "0")}`;
}
