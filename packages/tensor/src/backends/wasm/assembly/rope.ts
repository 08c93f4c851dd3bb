// Rotation of pairs. x and out [N, H, D], cos and sin [M, R/2], positions [N] i32. Unit = one row (n, h).
// Parameters: 0 out   1 x   2 cos   3 sin   4 positions   5 H   6 D   7 R/2   8 M   9 half pairing
//             10, 11 steps of n, h in x   12, 13 steps of a position in cos, sin (bytes); rows are contiguous

export function rope(p: usize, begin: i32, end: i32, scratch: usize): void {
  const positions = load<usize>(p, 16);
  const H = load<i32>(p, 20);
  const D = load<i32>(p, 24);
  const half = load<i32>(p, 28);
  const last = load<i32>(p, 32) - 1;
  const halves = load<i32>(p, 36) !== 0;
  for (let row = begin; row < end; row++) {
    const n = row / H;
    const h = row % H;
    const x = load<usize>(p, 4) + <usize>n * load<usize>(p, 40) + <usize>h * load<usize>(p, 44);
    const out = load<usize>(p, 0) + ((<usize>row * D) << 2);
    // Whatever an i32 holds, no row outside the tables is read.
    const position = <usize>max(0, min(load<i32>(positions + (<usize>n << 2)), last));
    const cos = load<usize>(p, 8) + position * load<usize>(p, 48);
    const sin = load<usize>(p, 12) + position * load<usize>(p, 52);
    const middle = (<usize>half) << 2;
    let i = 0;
    if (halves) {
      for (; i + 4 <= half; i += 4) {
        const at = (<usize>i) << 2;
        const c = v128.load(cos + at);
        const s = v128.load(sin + at);
        const a = v128.load(x + at);
        const z = v128.load(x + middle + at);
        v128.store(out + at, f32x4.sub(f32x4.mul(a, c), f32x4.mul(z, s)));
        v128.store(out + middle + at, f32x4.add(f32x4.mul(z, c), f32x4.mul(a, s)));
      }
    } else {
      for (; i + 4 <= half; i += 4) {
        const at = (<usize>i) << 2;
        const c = v128.load(cos + at);
        const s = v128.load(sin + at);
        const first = v128.load(x + 2 * at);
        const second = v128.load(x + 2 * at, 16);
        const a = i8x16.shuffle(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        const z = i8x16.shuffle(first, second, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
        const u = f32x4.sub(f32x4.mul(a, c), f32x4.mul(z, s));
        const v = f32x4.add(f32x4.mul(z, c), f32x4.mul(a, s));
        v128.store(out + 2 * at, i8x16.shuffle(u, v, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23));
        v128.store(out + 2 * at, i8x16.shuffle(u, v, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31), 16);
      }
    }
    for (; i < half; i++) {
      const c = load<f32>(cos + ((<usize>i) << 2));
      const s = load<f32>(sin + ((<usize>i) << 2));
      const first = (<usize>(halves ? i : i + i)) << 2;
      const second = (<usize>(halves ? i + half : i + i + 1)) << 2;
      const a = load<f32>(x + first);
      const z = load<f32>(x + second);
      store<f32>(out + first, a * c - z * s);
      store<f32>(out + second, z * c + a * s);
    }
    if (2 * half < D) memory.copy(out + 2 * middle, x + 2 * middle, (<usize>(D - 2 * half)) << 2);
  }
}
