// Blocks as files hold them ↔ panels of 8 rows (layouts in quant.ts); both directions only move bits.
// Parameters: 0 panels   1 rows of blocks   2 panel bytes   3 row bytes   4 rows   5 blocks of the file's format per row
//             6 format   7 row of the panel (unpackRow). Unit = one panel.

const LOW: u32 = 0x0f0f0f0f;
const HIGH: u32 = 0xf0f0f0f0;

/** Four words of a file's 16 bytes (low nibbles w₀…₁₅, high w₁₆…₃₁) → the four steps of one row. */
// @ts-ignore: decorator
@inline
function packNibbles(to: usize, from: usize): void {
  const a = load<u32>(from);
  const b = load<u32>(from, 4);
  const c = load<u32>(from, 8);
  const d = load<u32>(from, 12);
  store<u32>(to, (a & LOW) | ((b & LOW) << 4));
  store<u32>(to, (c & LOW) | ((d & LOW) << 4), 32);
  store<u32>(to, ((a & HIGH) >> 4) | (b & HIGH), 64);
  store<u32>(to, ((c & HIGH) >> 4) | (d & HIGH), 96);
}

// @ts-ignore: decorator
@inline
function unpackNibbles(to: usize, from: usize): void {
  const a = load<u32>(from);
  const b = load<u32>(from, 32);
  const c = load<u32>(from, 64);
  const d = load<u32>(from, 96);
  store<u32>(to, (a & LOW) | ((c & LOW) << 4));
  store<u32>(to, ((a & HIGH) >> 4) | (c & HIGH), 4);
  store<u32>(to, (b & LOW) | ((d & LOW) << 4), 8);
  store<u32>(to, ((b & HIGH) >> 4) | (d & HIGH), 12);
}

/** One block of one row. `panel` is the panel's start, r the row in it, `block` the block of the file's format. */
// @ts-ignore: decorator
@inline
function convert(format: i32, pack: bool, panel: usize, r: i32, block: i32, file: usize): void {
  if (format === 0) {
    const at = panel + <usize>block * 144;
    moveHalf(pack, at + 128 + (<usize>r << 1), file);
    if (pack) packNibbles(at + (<usize>r << 2), file + 2);
    else unpackNibbles(file + 2, at + (<usize>r << 2));
  } else if (format === 1) {
    const at = panel + <usize>block * 160;
    moveHalf(pack, at + 128 + (<usize>r << 1), file);
    moveHalf(pack, at + 144 + (<usize>r << 1), file + 2);
    if (pack) packNibbles(at + (<usize>r << 2), file + 4);
    else unpackNibbles(file + 4, at + (<usize>r << 2));
  } else if (format === 2) convertQ4K(pack, panel + <usize>block * 1184, r, file);
  else if (format === 3) convertQ6K(pack, panel + <usize>block * 1680, r, file);
  else {
    const at = panel + <usize>block * 272;
    moveHalf(pack, at + 256 + (<usize>r << 1), file);
    for (let j = 0; j < 16; j++) moveHalf(pack, at + (<usize>j << 4) + (<usize>r << 1), file + 2 + (<usize>j << 1));
  }
}

// @ts-ignore: decorator
@inline
function moveHalf(pack: bool, panel: usize, file: usize): void {
  if (pack) store<u16>(panel, load<u16>(file));
  else store<u16>(file, load<u16>(panel));
}

/** The six-bit scales of K-quants (12 bytes): j < 4 in the low bits of bytes j and j + 4, the others split. */
function convertQ4K(pack: bool, at: usize, r: i32, file: usize): void {
  moveHalf(pack, at + (<usize>r << 1), file);
  moveHalf(pack, at + 16 + (<usize>r << 1), file + 2);
  const packed = file + 4;
  for (let j = 0; j < 4; j++) {
    const low = at + 32 + <usize>j * 144 + 128 + r;
    const high = low + 4 * 144;
    const i = <usize>j;
    if (pack) {
      const a = load<u8>(packed + i);
      const b = load<u8>(packed + i, 4);
      const c = load<u8>(packed + i, 8);
      store<u8>(low, a & 63);
      store<u8>(low, b & 63, 8);
      store<u8>(high, (c & 15) | ((a >> 6) << 4));
      store<u8>(high, (c >> 4) | ((b >> 6) << 4), 8);
    } else {
      const s = load<u8>(high);
      const m = load<u8>(high, 8);
      store<u8>(packed + i, load<u8>(low) | ((s >> 4) << 6));
      store<u8>(packed + i, load<u8>(low, 8) | ((m >> 4) << 6), 4);
      store<u8>(packed + i, (s & 15) | ((m & 15) << 4), 8);
    }
  }
  for (let pair = 0; pair < 4; pair++) {
    const first = at + 32 + <usize>(2 * pair) * 144 + (<usize>r << 2);
    const second = first + 144;
    const from = file + 16 + (<usize>pair << 5);
    for (let j = 0; j < 4; j++) {
      const step = <usize>j << 5;
      const words = from + (<usize>j << 3);
      if (pack) {
        const a = load<u32>(words);
        const b = load<u32>(words, 4);
        store<u32>(first + step, (a & LOW) | ((b & LOW) << 4));
        store<u32>(second + step, ((a & HIGH) >> 4) | (b & HIGH));
      } else {
        const u = load<u32>(first + step);
        const v = load<u32>(second + step);
        store<u32>(words, (u & LOW) | ((v & LOW) << 4));
        store<u32>(words, ((u & HIGH) >> 4) | (v & HIGH), 4);
      }
    }
  }
}

/** Weight k of a q6_K block as its file holds it: low nibble and two high bits. */
// @ts-ignore: decorator
@inline
function q6Get(file: usize, k: i32): u32 {
  const half = k >> 7;
  const l = k & 127;
  const low = load<u8>(file + <usize>(64 * half + (l & 63)));
  const high = load<u8>(file + <usize>(128 + 32 * half + (l & 31)));
  return ((<u32>low >> (l & 64 ? 4 : 0)) & 15) | (((<u32>high >> ((l >> 5) << 1)) & 3) << 4);
}

// @ts-ignore: decorator
@inline
function q6Put(file: usize, k: i32, q: u32): void {
  const half = k >> 7;
  const l = k & 127;
  const low = file + <usize>(64 * half + (l & 63));
  const high = file + <usize>(128 + 32 * half + (l & 31));
  store<u8>(low, load<u8>(low) | <u8>((q & 15) << (l & 64 ? 4 : 0)));
  store<u8>(high, load<u8>(high) | <u8>((q >> 4) << ((l >> 5) << 1)));
}

function convertQ6K(pack: bool, at: usize, r: i32, file: usize): void {
  moveHalf(pack, at + (<usize>r << 1), file + 208);
  if (!pack) memory.fill(file, 0, 192);
  for (let sub = 0; sub < 8; sub++) {
    const block = at + 16 + <usize>sub * 208;
    for (let g = 0; g < 2; g++) {
      const panel = block + 192 + <usize>(8 * g + r);
      const scale = file + 192 + <usize>(2 * sub + g);
      if (pack) store<u8>(panel, load<u8>(scale));
      else store<u8>(scale, load<u8>(panel));
      for (let t = 0; t < 4; t++) {
        const top = block + 128 + <usize>(32 * g + 4 * r + t);
        if (pack) store<u8>(top, 0);
        for (let s = 0; s < 2; s++) {
          const j = 2 * g + s;
          const nibbles = block + <usize>(32 * j + 4 * r + t);
          const k = 32 * sub + 8 * j + t;
          if (pack) {
            const low = q6Get(file, k);
            const high = q6Get(file, k + 4);
            store<u8>(nibbles, <u8>((low & 15) | ((high & 15) << 4)));
            store<u8>(top, load<u8>(top) | <u8>(((low >> 4) | ((high >> 4) << 2)) << (4 * s)));
          } else {
            const n = <u32>load<u8>(nibbles);
            const u = <u32>load<u8>(top) >> (4 * s);
            q6Put(file, k, (n & 15) | ((u & 3) << 4));
            q6Put(file, k + 4, (n >> 4) | (((u >> 2) & 3) << 4));
          }
        }
      }
    }
  }
}

/** Bytes of one block of the file's format. */
// @ts-ignore: decorator
@inline
function fileBytes(format: i32): usize {
  if (format === 0) return 18;
  if (format === 1) return 20;
  if (format === 2) return 144;
  if (format === 3) return 210;
  return 34;
}

// @ts-ignore: decorator
@inline
function run(p: usize, begin: i32, end: i32, pack: bool): void {
  const panelBytes = load<usize>(p, 8);
  const rowBytes = load<usize>(p, 12);
  const rows = load<i32>(p, 16);
  const blocks = load<i32>(p, 20);
  const format = load<i32>(p, 24);
  const size = fileBytes(format);
  for (let panel = begin; panel < end; panel++) {
    const to = load<usize>(p, 0) + <usize>panel * panelBytes;
    const n0 = panel << 3;
    if (pack && rows - n0 < 8) memory.fill(to, 0, panelBytes);
    for (let r = 0; r < min(8, rows - n0); r++) {
      const file = load<usize>(p, 4) + <usize>(n0 + r) * rowBytes;
      for (let block = 0; block < blocks; block++) convert(format, pack, to, r, block, file + <usize>block * size);
    }
  }
}

export function packPanels(p: usize, begin: i32, end: i32, scratch: usize): void {
  run(p, begin, end, true);
}

export function unpackPanels(p: usize, begin: i32, end: i32, scratch: usize): void {
  run(p, begin, end, false);
}

/** One row of the panel at 0, to the row of blocks at 1. */
export function unpackRow(p: usize, begin: i32, end: i32, scratch: usize): void {
  const format = load<i32>(p, 24);
  const size = fileBytes(format);
  for (let block = 0; block < load<i32>(p, 20); block++)
    convert(format, false, load<usize>(p, 0), load<i32>(p, 28), block, load<usize>(p, 4) + <usize>block * size);
}
