/** Names and pointers, as sources of patterns. */

/** RFC 4122, section 3. */
export const uuid = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

/** RFC 6901, section 3. */
export const jsonPointer = "(?:/(?:[^~/]|~[01])*)*";
export const relativeJsonPointer = `(?:0|[1-9][0-9]*)(?:#|${jsonPointer})`;
/** RFC 6901, section 6. */
export const jsonPointerUriFragment = "#(?:/(?:[A-Za-z0-9_\\-.!$&'()*+,;:=@]|%[0-9A-Fa-f]{2}|~[01])*)*";

/** Base64 of RFC 4648, section 4, padded. */
export const byte = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?";

/** Semantic Versioning 2.0.0. */
export const semver = ((): string => {
  const number = "(?:0|[1-9][0-9]*)";
  const named = "[0-9]*[A-Za-z-][0-9A-Za-z-]*";
  const before = `(?:${number}|${named})`;
  return `${number}\\.${number}\\.${number}(?:-${before}(?:\\.${before})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;
})();

/** Any text: what the format says is not to be seen in it. */
export const anyText = "[^]*";
