/** Whether this is Node (or a runtime that passes for it) and not a page or its worker. */
export const isNode = (): boolean => typeof process === "object" && typeof process.versions?.node === "string";
