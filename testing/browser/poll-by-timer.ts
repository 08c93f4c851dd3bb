/**
 * In the page: lets GPU.js ask by timer, every few milliseconds, whether the device is done. By messages it asks without a
 * pause, and takes from a device in software the core that it computes on.
 */
export function pollByTimer(): void {
  Reflect.deleteProperty(globalThis, "MessageChannel");
}
