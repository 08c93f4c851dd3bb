import { readFile, stat } from "node:fs/promises";
import type { DocumentNode, MemberNode, ObjectNode, ValueNode } from "@humanwhocodes/momoa";
import { SettingError } from "./setting-error.ts";

/** A member of an object in a file. */
export interface JsonMember {
  readonly name: string;
  readonly value: unknown;
  /** The file with the line of the name. */
  readonly source: string;
  /** Its members, where the value is an object. */
  readonly members: readonly JsonMember[] | null;
}

/**
 * The members of the object in a file of JSON, which may have comments and commas behind the last value; null where there is
 * no file.
 *
 * @throws SettingError with the line of what is no JSON, and for names that come twice
 */
export async function jsonMembers(path: string): Promise<readonly JsonMember[] | null> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return null;
    throw new SettingError(path, `cannot be read (${cause.code}); see to its permissions`, {}, { cause });
  });
  if (text === null) return null;
  const { parse, evaluate } = await import("@humanwhocodes/momoa");
  const root = bodyOf(path, () => parse(text, { mode: "jsonc", allowTrailingCommas: true }));
  if (root.type !== "Object") throw new SettingError(path, 'is no object; write settings as {"model": "…"}');
  const membersOf = (object: ObjectNode): readonly JsonMember[] => {
    const seen = new Set<string>();
    return object.members.map((member): JsonMember => {
      const name = nameOf(member);
      const source = `${path}:${member.loc.start.line}`;
      if (seen.has(name)) throw new SettingError(source, `has ${JSON.stringify(name)} twice; keep one`, { name });
      seen.add(name);
      const { value } = member;
      return { name, source, value: evaluate(value), members: value.type === "Object" ? membersOf(value) : null };
    });
  };
  return membersOf(root);
}

function bodyOf(path: string, parse: () => DocumentNode): ValueNode {
  try {
    return parse().body;
  } catch (cause) {
    const { line, message = "" } = cause as { readonly line?: number; readonly message?: string };
    const reason = message.replace(/\s*\(\d+:\d+\)$/, "").replace(/\.$/, "");
    const at = line === undefined ? path : `${path}:${line}`;
    throw new SettingError(at, `is no JSON: ${reason}; mend that line`, { line }, { cause });
  }
}

const nameOf = ({ name }: MemberNode): string => (name.type === "String" ? name.value : name.name);

/** @throws SettingError where others can read the file */
export async function checkPrivate(path: string, field: string, mend: string): Promise<void> {
  // Windows tells nothing by these bits.
  if (process.platform === "win32") return;
  const mode = (await stat(path)).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new SettingError(
    path,
    `has ${field}, and others can read it (mode ${mode.toString(8)}); chmod 600 it, or ${mend}`,
    { field, mode },
  );
}
