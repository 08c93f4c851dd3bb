/**
 * Numbers of the exponentials that shaders compute themselves, on webgpu and gpujs alike. The coefficients were fitted by
 * interpolation at Chebyshev nodes in f64.
 */

/** ln 2 in two parts: the first has 9 bits, so its products with exponents are exact. */
export const LN2_HIGH = 355 / 512;
export const LN2_LOW = Math.LN2 - LN2_HIGH;

/** (e^r − 1 − r)/r² on |r| ≤ 0.3475, error 2e-9. */
export const expTail = [0.5, 0.16666667, 0.041666463, 0.00833331, 0.0013933881, 0.00019891247];

/** (ln(1 + f) − f + f²/2)/f³ on √½ ≤ 1 + f ≤ √2, error 3e-8. */
export const logTail = [
  0.3333333134651184, -0.24999997, 0.20000715553760529, -0.16667803, 0.14249058, -0.12425687, 0.1168542, -0.11479734,
  0.069716111,
];

/** (tanh(x)/x − 1)/x² in z = x² ≤ 0.625², error 2e-9. */
export const tanhTail = [-0.33333334, 0.13333304, -0.053959258, 0.021768919, -0.0083439453, 0.002292745];

/** erf(x)/x − 1 in z = x² ≤ 1, error 1e-12. */
export const erfSmall = [
  0.1283791670955, -0.37612637877, 0.11283791065, -0.02686613239, 0.005223783664, -0.00085426378, 0.00011956560775,
  -0.0000139093272, 0.00000105893469,
];

/** −ln erfc(x) on 1 ≤ x ≤ 4, error 9e-9. */
export const erfcLog = [
  -0.00041632921784, 1.130675196647644, 0.6309530138969421, 0.11105501651763916, -0.0270995236933, 0.00506494706497,
  -0.000685836654157, 0.0000622983498, -0.00000332168452, 0.0000000758268186,
];
