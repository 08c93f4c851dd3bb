/** An identifier that nobody can guess, such as `chatcmpl-5f0c…`: 96 bits in hexadecimal. */
export function newId(prefix: string, separator = "-"): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `${prefix}${separator}${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Now, in seconds since 1970, as the APIs write times. */
export const unixSeconds = (): number => Math.floor(Date.now() / 1000);
