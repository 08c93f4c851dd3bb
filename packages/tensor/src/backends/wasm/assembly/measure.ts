// What benchmarks measure machine and pool with.

/** Reads memory as fast as it can: unit = 64 KiB from the address in word 0; a sum goes to the thread's scratch. */
export function sweep(p: usize, begin: i32, end: i32, scratch: usize): void {
  let at = load<usize>(p, 0) + (<usize>begin << 16);
  const stop = load<usize>(p, 0) + (<usize>end << 16);
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (; at < stop; at += 128) {
    a = v128.or(a, v128.or(v128.load(at), v128.load(at, 16)));
    b = v128.or(b, v128.or(v128.load(at, 32), v128.load(at, 48)));
    c = v128.or(c, v128.or(v128.load(at, 64), v128.load(at, 80)));
    d = v128.or(d, v128.or(v128.load(at, 96), v128.load(at, 112)));
  }
  v128.store(scratch, v128.or(v128.or(a, b), v128.or(c, d)));
}

/** Nothing: what a command costs by itself. */
export function idle(p: usize, begin: i32, end: i32, scratch: usize): void {}
