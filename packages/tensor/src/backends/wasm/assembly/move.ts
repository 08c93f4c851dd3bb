// Strided copies of elements as they are stored.
// Parameters: 0 out   1 x   2 element bytes   3 inner length
//             4–6 outer lengths, innermost last   7–9 their steps in x, 10–12 in out (bytes)
//             13 inner step in x, 14 in out (bytes)
// Unit = one run of inner elements.

// @ts-ignore: decorator
@inline
function moveElements<T>(to: usize, toStep: usize, from: usize, fromStep: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    store<T>(to, load<T>(from));
    to += toStep;
    from += fromStep;
  }
}

export function move(p: usize, begin: i32, end: i32, scratch: usize): void {
  const out = load<usize>(p, 0);
  const x = load<usize>(p, 4);
  const bytes = load<usize>(p, 8);
  const inner = load<i32>(p, 12);
  const middle = load<i32>(p, 20);
  const last = load<i32>(p, 24);
  const xStep = load<usize>(p, 52);
  const outStep = load<usize>(p, 56);
  const block = <usize>inner * bytes;
  const solid = xStep === bytes && outStep === bytes;
  for (let run = begin; run < end; run++) {
    const i2 = run % last;
    const rest = run / last;
    const i1 = rest % middle;
    const i0 = rest / middle;
    const from =
      x + <usize>i0 * load<usize>(p, 28) + <usize>i1 * load<usize>(p, 32) + <usize>i2 * load<usize>(p, 36);
    const to =
      out + <usize>i0 * load<usize>(p, 40) + <usize>i1 * load<usize>(p, 44) + <usize>i2 * load<usize>(p, 48);
    if (solid) memory.copy(to, from, block);
    else if (bytes === 4) moveElements<u32>(to, outStep, from, xStep, inner);
    else if (bytes === 2) moveElements<u16>(to, outStep, from, xStep, inner);
    else moveElements<u8>(to, outStep, from, xStep, inner);
  }
}
