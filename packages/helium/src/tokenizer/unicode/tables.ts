/**
 * Made by scripts/reference/make_unicode_tables.py of tokenizers 0.23.3. Runs of code points: the gap after
 * the run before, the length − 1 and a kind, in base 36, zeros at the end left out.
 */

/** What Unicode 14 does not know, or has changed since. The kind is a place in `standIns`. */
export const newerRuns = `
id.0.1 6a.1 6.3 7 1 k b1 12.1 1e.1 3 1j.7 r.3 6.a 7i 1o.1 2t.d 1n.1 1d.1 f s.1 1 b.4 v 2.4 0.0.2 6k 8.1 2.1 m 7 1.2
4.1 9.1 2.1 4.7 1.3 2 5.1 p.1 3 6.3 2.1 m 7 2 2 2.1 1 5.3 2.1 3.2 1.6 4 1.6 h.9 3 9 3 m 7 2 5.1 a 3 3.1 1.e 4.1 c.6 7
3 8.1 2.1 m 7 2 5.1 9.1 2.1 3.6 3.3 2 5.1 i.9 2 6.2 3 4.2 2 1 2.2 2.2 3.2 c.3 5.2 3 4.1 1.5 1.d l.4 d 3 n g.1 9 3 4.6
2 3.1 1.1 4.1 a.6 m 3 n a 5.1 9 3 4.6 2.5 2 4.1 a 2.0.3 0.b d 3 1f 3 6.3 g.1 q 3 i.2 o 9 1.1 7.2 1.3 6 1 8.5 a.1 3.b
1m.3 t.10 2 1 5 o 1 n.1 5 1 6.0.4 0 a.1 4.v 20 10.3 13 10 f d.10 5i 1.4 1.1 ah 4.1 7 1 4.1 15 4.1 x 4.1 7 1 4.1 f 1l
4.1 1v.1 w.2 q.5 2e.1 6.1 il.2 2h.6 m.8 o.8 k.b d 3 2.b 2m.1 a.5 a.5 q.5 2h.6 17.4 1y.9 v c.3 c.3 1.2 16.1 5.a 18.3
q.5 b.2 1q.1 1t t.1 b.5 a.5 e.1 v.1c 25 0.1.5 1b.0.5 38.7 1o.2 f.2 1o.0.6 0.0.7 0.4 17.1 b.7 17.4 eu.1 6.1 12.1 6.1 8
1 1 1 v.1 1h f e.1 6 j.1 3 9 2t c.1 r d.2 x.e x.e 3w.3 if.2.8 0.l b.k 1ec.1 w 9p.4 19 1.4 1.1 1k.6 2.d o.8 7 7 7 7 7
7 7 7 3i.x q 2h.b 5y.p c.3.8 1s 2e.1 2v.4 17 2m 2c.1.8 0.8 0.0.8 1b mlp.2 1j.8 9o.j 54.7 5n.1.9 0.0.1 0.1 2 1 5.0.9
0.0.1 0.0.9 0.k 1n.2 a.5 1k.7 1y.7 c.5 38.a u.2 26 b.3 x 1j.8 e.1 a.1 2v.n s.9 6.1 6.1 6.8 7 7 1o.3 3i.1 a.5 8mc.b
n.3 1d.3 6su.1 2y.11 7.b 5.4 q 5 1 2 2 3h.f cd.1 1i.6 23.5 1f j 4.3 5 3r.1 1 5a.2 6.1 6.1 6.1 3.2 7 7.9 5.1 c q j 2
f.1 e.x 3f.4 3.3 19.2 2g d.2 1.1a 1a.3l t.2 1d.e s.3 10.8 u.4 17.4 u 11.3 e.15 4e.1 a.5 10.3 10.3 14.7 1g.a c f 7 2 b
f 7 2.2 0.1f.a 0.b 8n.8 m.9 8.n 6 16 9.1w 6.1 1 18 2.2 1.1 n 20.7 9.1b j 2.4 x.2 r.4 1.1r 1k.3 k.1 1e 2.4 8 3 t.1 3.3
a.6 9.6 1s.v 13.3 c.8 1i.2 t.1 r.4 q.6 4.b 7.27 21.1i 1f.c 1f.6 1a.7 a.5 0.9.b 0.3.a 0.0.c 0.0.a 0.l.d 0.2 0.0.e
0.3.f 0.0.g 0.0.c 0.l.h 0.7 0.1.i 0.5r v 16 3.1 2.f 0.2.j 0.1i 0.0.2 0.2.k 14.7 16.l q.11 s.j n.8 26.3 10.8 1w.9 1.1
p.6 a.5 1h i.7 13.8 2o k.a i 18.1.a 0.0.e 0.1p 7 1 4 f b.5 1n.4 a.5 4 8.1 2.1 m 7 2 5 a.1 2.1 3.1 1.5 1.4 7.1 7.2 5.a
0.9.a 0 0.0.a 0.1 0.0.a 0 0.11.a 0 0.0.a 0.2.l 0.5.e 0 0.0.l 0.1 0.0.l 0 0.3.l 0 0.1.l 0.0.f 0.0.m 0.0.f 0.0.a 0.0.f
0.0.a 0.1.n 0 0.1.n 0.7 0.1.f 0.s 2k 5.t 20.7 a.4l 1i.1 12.x 1x.a a.5 d.i 1m.5 a.5 0.j.o 0.r r.1 1.0.p d.3 n.54 1o.2r
2b.b 8.1 1.1 8 2 u 2.1 c.8 a.1x 8.1 1a.1 b.q 20.7 2b.c 21.6 0.9.q 0.51 0.w.a 0.0.n 0.d 0.9.b 0.5 9 19 e.9 t.2 w.1 m
e.20 7 2 18.2 1 2 9.7 a.5 6 2 11 2 6.6 a.8l p.6 0.1.e 0.0.a 0.0.l 0.c.a 0 0.x.a 0.1.l 0.4.e 0.2 0.1.l 0.0.e 0.0.m
0.0.f 0.c.n 0.9.b 0.0.f 0.2c 1.e 1e.c pn.2t 33 5.a 5g.217 2r.c tr.0.r 9.6.s 0.0.t 0.5.r 0.e.t 0.9 0.32y.r 0.4 g7.5a0
0.t.a 0.b.e 0.2.l 0.1.e 0.0.f 0.9.b 0.1c5 ft.6 v a.3 29 a.5 u.1 6.9 1y.9 a 7 l.4 j.bz 0.2.c 0.13.a 0.1.c 0.2.n 0.9.b
0.5h 2j.2s 23.3 1l.6 h.1r 5.a 2.d 4qg.7 ye.14 0.0.a 9.6w6 4 7 2 83.e 0.0.u 0.s 3.1 0.0.v 0.d 4.7 b0.1s3 2z.4 d.2 9.6
a.1 8.317 0.6n.8 0.9.w 0.5 0.c3.8 0.23 1a.1 n.8 38.1n 6u.9 13.1 5e.k 1y.3d 0.j.x 0.b k.b 2f.8 p.3q 2d 1z 2.1 1.1 2.1
4 c 1 7 1t 4.1 8 7 s 4 5 1.2 7 9g.1 84.1 ji.e 5 f.un v.5 0.5.1 0.5w 7 h.1 7 2 5.4 0.1p.y 0.w 0.0.z 0.33 19.2 e.1 a.3
2.8v v.g 1m.4 1.cv 0.q.a 0.0.c 0.3.f 0.9.b 0.5x 0.t.a 0.1.f 0.0.a 0.9.b 0.3 0.0.n 0.db 7 4 2 f 5h.1 g.14 24.3 a.3
2.ls 1w.23 1p.5d 4 r 2 1.1 1 a 4 1 1.5 1.3 1 1 1 3 2 1.1 1 1 1 1 1 2 1.1 4 7 4 4 1 a h.4 3 5 h.1f 2.7h 18.3 2s.b f.1
f f 11.9 4u.1j t.c 18.3 9.6 2.d 6.49 rc.3 0.0.8 g.2 d.2 38.2.8 0.3 0.4.8 2h.0.8 0.5 c.3 1.e c.3 1k.7 a.5 14.7 u.1
2.9.8 0.3 0.1.8 0.1p 9g.b e.1 5.2.8 5.2 7.2.8 0.4 0.0.8 t.2.8 b.4.8 6.0.8 0.6 0.1.8 a.2.8 0.1 0.0.8 8.1.8 0.5 7.1.8
0.6 43 1j.10.8 a.sl wyo.v 37d.0.10 0.5 66.1 4g2.d 5rl.e 0.h9.10 0.1wh f2.15t 3t7.4 0.38f.10 0.f974 1.t 2o.3j 6o.1e6n
1eke.1 1eke.1
`;

/** Characters of Unicode 14 that are what the library's regular expressions (Unicode 16) take newer ones for. */
export const standIns: readonly number[] = [
  0xfdd0, 0x61, 0x610, 0xc82, 0xeba, 0x1b5a, 0x400, 0x430, 0xa6, 0x41, 0x7ca, 0x7c0, 0x7f4, 0x3e2, 0x816, 0x7eb, 0x1400,
  0x3e3, 0x2b, 0x620, 0x658, 0x1923, 0x1715, 0x7f7, 0x1040, 0x11720, 0x970, 0x13000, 0x13430, 0x1e8d6, 0x3041, 0x30a1,
  0x30, 0xb2, 0x1d78, 0x2de0, 0x3400,
];

/** What Unicode 14 decomposes or orders and the library's normalizers (Unicode 9) do not know. */
export const inertRuns = `
1kt 4a.7 16.9 8a fx 72.1 al 1ne q1.f mf.4 45g n3m.2 1j n0 i6v.4 1.15 1.8 12h.3 ar.1 49.a 1d.3 6i ju 82 re.1 71 4.1 4
4c 2b i 29 iw 1.1 29 g9k.1 mda.6 af 1p.3 2v0 22r.9
`;

/** Combining marks of Unicode 9. */
export const accentRuns = `
lc.33 7n.6 7b.18 1 1.1 1.1 1 20.a 1c.k g 2t.6 2.5 2.1 1.3 z u.q 2j.a 1m.8 y.3 1.8 1.2 1.4 17.2 3c.d 1.w 1i.2 1.h 1.6
a.1 t.2 1k 1.6 2.1 2.2 9 a.1 t.2 1k 1.4 4.1 2.2 3 u.1 3 b.2 1k 1.7 1.2 1.2 k.1 t.2 1k 1.6 2.1 2.2 8.1 a.1 u 1n.4 3.2
1.3 9 14.3 1m.6 1.2 1.3 7.1 b.1 t.2 1k 1.6 1.2 1.3 7.1 b.1 t.2 1m.6 1.2 1.3 9 a.1 u.1 1y 4.5 1 1.7 i.1 1p 2.6 c.7 2q
2.5 1.1 b.5 22.1 r 1 1 4.1 1d.j 1.1 5.a 1.z 9 2s.j n.3 4.2 1.2 2.6 3.3 d.b 1 a.3 jj.2 qa.2 t.2 t.1 u.1 1s.v 9 19.2
3b.1 y 3a.b 4.b 63.4 1l.9 1.s 2 1c.e 1t.4 1b.g 12.8 c.2 u.c 1k.d 1c.j 48.2 1.k 4 4.2 3.1 5i.1h 5.4 k0.w 2da.2 3x 2o.v
fe.5 2x.1 n9w.3 1.9 w.1 28.1 7k 3 4 n.4 2g.1 1e.h q.h 1g.7 p.c 18.3 1b.d 10 1v.d c 8.1 19.2 1e 1.2 2.1 5.1 1 15.4 5.1
6k.7 1.1 fn4 kh.f g.f r1 6a 45.4 1ae.2 1.1 5.3 14.2 4 4l.1 109.2 1h.e 1k.3 19.a 1x.2 10.d 1q c.2 1c.d 9.2 2n.b 6 4g.b
l.3 1k 1.6 2.1 2.2 9 a.1 2.6 3.4 5c.h 2x.j 6j.6 2.8 r.1 2a.g 2y.c 2t.e zn.7 1.7 2a.l 1.d fg9.4 1n.6 t6.19 g.3 f7u.1
43q.4 3.5 8.7 2.6 u.3 44.2 1iz.1i 4.1d 8 e m.4 1.e 11s.6 1.g 2.6 1.1 1.4 1ph.6 31.6 gzhx.6n
`;

/** ASCII punctuation and `\p{P}` of Unicode 8. */
export const punctuationRuns = `
x.e a.6 q.5 q.3 y 5 3 a.1 3 3 ji 8 cy.5 15.1 1f 1 2 2 18.1 k.1 1.1 d 2.1 22.3 2u 17.d 6h.2 1i.e v 79.1 a an lf 2i a.1
4o.e 1 11.3 1z 22.4 4.1 33.5 4r h0.8 47 h8.1 18.1 26.2 1z.1 4d.2 1.2 11.a 8p.1 60.1 3k.6 1.5 4s.6 4b.3 1n.4 1q.1 1s.7
b n0.n 8.j 1.c 1.b u.1 e.1 hl.3 t.1 u5.d 27.1 v.9 b7.l 1r.3 w.1 l7.3 1.1 34 3z.1a 1.i ce.2 4.9 2.b g c 2q 2i mwy.1
7h.2 2r a 37.5 ak.3 2e.1 14.2 1 1d.1 1b 2p.c g.1 3g.3 3i.1 g.1 6x g2a.1 5s.9 m.y 1.d 1 4 1.1 45.2 1.5 1.3 a.1 3.1 q.2
1 r 1 1.6 be.2 ik 1c bi kn 5j v 7k.8 12 34.6 1u.6 2h.3 x6.6 31.1 1.3 3i.3 1c.1 27.4 3 d 1.2 2g.5 2z f0 6y.m 2x.2 6w.2
2lt.4 dtl.1 3p 1t.4 8 g2i 5wn.4
`;

/** Numbers of Unicode 17 that Unicode 16 does not know. */
export const newerDigitRuns = `
1kgw.9 g7e.2
`;

/** Capitals that Unicode 14 does not know and Unicode 17 does, by the distance to their small letters. */
export const newerCapitalRuns: readonly (readonly [number, string])[] = [
  [
    -42561,
    `
x5o
`,
  ],
  [
    -42343,
    `
x57
`,
  ],
  [
    1,
    `
5mx ria 1 3 1 5
`,
  ],
  [
    27,
    `
20f4.o
`,
  ],
  [
    32,
    `
1h74.l
`,
  ],
];
