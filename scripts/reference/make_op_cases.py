"""Results of NumPy and PyTorch for the ops that are composed, and for sorting, running sums and scattering.

    python -m venv .venv && .venv/bin/pip install numpy==2.4.6 torch==2.15.0
    .venv/bin/python scripts/reference/make_op_cases.py

writes packages/tensor/test/fixtures/op-cases.json, the same bytes for the same versions. A tensor is
{"dtype", "shape", "data"} with the numbers JSON lacks as strings; "tolerance" is relative to 1 + |value|, 0 being exact, and
"zeros" asks for the sign of zeros too.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch

OUT = Path(__file__).resolve().parents[2] / "packages/tensor/test/fixtures/op-cases.json"
NAMES = {"float32": "f32", "float16": "f16", "int32": "i32", "int64": "i32", "uint32": "u32", "int8": "i8", "uint8": "u8", "bool": "bool"}
ROUNDED = 2e-6
rng = np.random.default_rng(11)
cases = []


def plain(value, digits):
    value = value.item()
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        if value == 0 and math.copysign(1, value) < 0:
            return "-0"
        return float(f"%.{digits}g" % value)
    return int(value)


def encode(x):
    if isinstance(x, torch.Tensor):
        x = x.numpy()
    if isinstance(x, (np.ndarray, np.generic)):
        x = np.asarray(x)
        return {"dtype": NAMES[x.dtype.name], "shape": list(x.shape), "data": [plain(v, 9) for v in x.reshape(-1)]}
    return x


def case(op, result, *args, of="numpy", tolerance=0, zeros=False):
    results = result if isinstance(result, tuple) else (result,)
    entry = {"op": op, "of": of, "args": [encode(arg) for arg in args], "results": [encode(r) for r in results]}
    if tolerance:
        entry["tolerance"] = tolerance
    if zeros:
        entry["zeros"] = True
    cases.append(entry)


def normal(*shape, dtype=np.float32):
    return np.asarray(rng.standard_normal(shape), dtype=dtype)


def integers(low, high, *shape, dtype=np.int32):
    return np.asarray(rng.integers(low, high, shape), dtype=dtype)


f32 = lambda *values: np.array(values, np.float32)
i32 = lambda *values: np.array(values, np.int32)
SPECIAL = f32(np.nan, np.inf, -np.inf, -0.0, 0.0, 1.5, -1.5, 1e30, -1e-30)

# Rounding and signs
HALVES = f32(-2.5, -1.5, -0.5, -0.0, 0.0, 0.5, 1.5, 2.5, 0.49999997, -0.49999997, 8388607.5, 8388609, 4194304.5, 1e30, -1e30,
             np.nan, np.inf, -np.inf, 2.7, -2.7, 1e-30, -1e-30)
for name in ["round", "floor", "ceil"]:
    case(name, getattr(np, name)(HALVES), HALVES, zeros=True)
    case(name, getattr(np, name)(HALVES[:11].astype(np.float16)), HALVES[:11].astype(np.float16), zeros=True)
    case(name, i32(-3, 0, 7), i32(-3, 0, 7))
case("sign", np.sign(SPECIAL), SPECIAL)
case("sign", np.sign(i32(-7, 0, 9)), i32(-7, 0, 9))
case("sign", np.sign(np.array([0, 9], np.uint8)), np.array([0, 9], np.uint8))

# Comparisons and logic, numbers on either side
A, B = normal(3, 1), normal(1, 4)
A[0, 0] = B[0, 0]
for ours, theirs in [("gt", "greater"), ("ge", "greater_equal"), ("ne", "not_equal"), ("eq", "equal"), ("lt", "less"), ("le", "less_equal")]:
    fn = getattr(np, theirs)
    case(ours, fn(A, B), A, B)
    case(ours, fn(SPECIAL[:, None], SPECIAL), SPECIAL[:, None], SPECIAL)
    case(ours, fn(i32(-1, 0, 1), 0), i32(-1, 0, 1), 0)
    case(ours, fn(0, i32(-1, 0, 1)), 0, i32(-1, 0, 1))
P, Q = np.array([[True], [False]]), f32(0, 2, np.nan)
for ours, theirs in [("logicalAnd", "logical_and"), ("logicalOr", "logical_or"), ("logicalXor", "logical_xor")]:
    case(ours, getattr(np, theirs)(P, Q), P, Q)
    case(ours, getattr(np, theirs)(i32(0, 1, -3), i32(0, 0, 2)), i32(0, 1, -3), i32(0, 0, 2))
case("logicalNot", np.logical_not(Q), Q)
case("logicalNot", np.logical_not(P), P)
for ours, theirs in [("add", "add"), ("sub", "subtract"), ("mul", "multiply"), ("div", "divide"), ("maximum", "maximum"), ("minimum", "minimum"), ("pow", "power")]:
    case(ours, getattr(np, theirs)(np.float32(2.5), np.abs(A)), 2.5, np.abs(A), tolerance=ROUNDED if ours == "pow" else 0)
case("sub", np.subtract(np.int32(1), i32(-2, 5)), 1, i32(-2, 5))
case("where", np.where(P, f32(1, 2), np.float32(9)), P, f32(1, 2), 9)
case("where", np.where(P, np.float32(9), f32(1, 2)), P, 9, f32(1, 2))
case("where", np.where(P, np.float32(9), np.float32(-1)), P, 9, -1)
case("maskedFill", torch.from_numpy(A.copy()).masked_fill(torch.tensor([[True], [False], [True]]), -5), A, np.array([[True], [False], [True]]), -5, of="torch")

# Reductions over one, several and all axes
X = normal(2, 3, 4)
N = X.copy()
N[1, 2, 3] = np.nan
I = integers(-9, 9, 2, 3, 4)
EDGES = np.array([-(2**31), 2**31 - 1, 0, -1], np.int32)
SOME = integers(0, 2, 2, 3, 4) * normal(2, 3, 4)
SOME = SOME.astype(np.float32)
for axis in [None, 0, -1, 1, [0, 2], [-1, -2]]:
    at = tuple(axis) if isinstance(axis, list) else axis
    for keep in [False, True]:
        rest = [axis, {"keepDims": keep}]
        for name in ["sum", "prod", "mean", "max", "min"]:
            case(name, getattr(np, name)(X, axis=at, keepdims=keep), X, *rest, tolerance=ROUNDED)
        case("variance", np.var(X, axis=at, keepdims=keep), X, *rest, tolerance=ROUNDED)
        case("any", np.any(SOME, axis=at, keepdims=keep), SOME, *rest)
        case("all", np.all(SOME, axis=at, keepdims=keep), SOME, *rest)
        dims = tuple(range(3)) if axis is None else at
        case("logsumexp", torch.logsumexp(torch.from_numpy(X) * 9, dims, keepdim=keep), X * 9, *rest, of="torch", tolerance=ROUNDED)
    case("min", np.min(N, axis=at), N, axis)
    case("max", np.max(N, axis=at), N, axis)
    case("sum", np.sum(I, axis=at, dtype=np.int32), I, axis)
    case("prod", np.prod(I, axis=at, dtype=np.int32), I, axis)
    case("min", np.min(I, axis=at), I, axis)
    if not isinstance(axis, list):
        for name in ["argmin", "argmax"]:
            case(name, getattr(np, name)(N, axis=axis), N, axis)
            case(name, getattr(np, name)(I, axis=axis, keepdims=True), I, axis, {"keepDims": True})
for x in [EDGES, np.array([0, 255, 7], np.uint8), np.array([-128, 127], np.int8), np.array([0, 2**32 - 1], np.uint32)]:
    case("min", np.min(x), x)
    case("argmin", np.argmin(x), x)
case("sum", np.sum(np.zeros((2, 0), np.float32), axis=1), np.zeros((2, 0), np.float32), 1)
case("prod", np.prod(np.zeros((2, 0), np.float32), axis=1), np.zeros((2, 0), np.float32), 1)
case("any", np.any(np.zeros((2, 0), np.float32), axis=1), np.zeros((2, 0), np.float32), 1)
case("all", np.all(np.zeros((2, 0), np.float32), axis=1), np.zeros((2, 0), np.float32), 1)
case("any", np.any(f32(np.nan)), f32(np.nan))
case("all", np.all(np.array([True, False])), np.array([True, False]))
case("sum", np.sum(np.float32(3)), np.asarray(np.float32(3)))
LOW = f32(-np.inf, -np.inf)
case("logsumexp", torch.logsumexp(torch.from_numpy(LOW), 0), LOW, 0, of="torch")
case("logsumexp", torch.logsumexp(torch.tensor([1.0, math.inf]), 0), f32(1, np.inf), 0, of="torch")
case("logsumexp", torch.logsumexp(torch.tensor([1.0, math.nan]), 0), f32(1, np.nan), 0, of="torch")
for axis in [0, 1, -1]:
    big = normal(3, 5) * 30
    case("logSoftmax", torch.log_softmax(torch.from_numpy(big), axis), big, axis, of="torch", tolerance=ROUNDED)
case("logSoftmax", torch.log_softmax(torch.tensor([-math.inf, 0.0, 1.0]), 0), f32(-np.inf, 0, 1), of="torch", tolerance=ROUNDED)
case("logSoftmax", torch.log_softmax(torch.from_numpy(LOW), 0), LOW, of="torch")

# Running sums, order, positions
for axis in [None, 0, 1, -1]:
    case("cumsum", np.cumsum(X, axis=axis, dtype=np.float32), X, axis, tolerance=ROUNDED)
    case("cumsum", np.cumsum(I, axis=axis, dtype=np.int32), I, axis)
case("cumsum", np.cumsum(f32(1, np.inf, 2, -np.inf, 3)), f32(1, np.inf, 2, -np.inf, 3), 0)
case("cumsum", np.cumsum(EDGES, dtype=np.int32), EDGES, 0)
TIES = integers(-3, 3, 4, 9).astype(np.float32)
TIES[1, 2] = TIES[1, 7] = TIES[3, 0] = np.nan
TIES[2, 1], TIES[2, 4] = -0.0, 0.0
for x in [TIES, integers(-3, 3, 4, 9), np.array([[True, False, True]]), integers(0, 5, 2, 6, dtype=np.uint8), np.zeros((2, 0), np.float32)]:
    for axis in [0, 1, -1]:
        case("argsort", np.argsort(x, axis=axis, kind="stable"), x, axis)
        case("sort", np.sort(x, axis=axis, kind="stable"), x, axis)
        if x.dtype != np.bool_:
            t = torch.from_numpy(x)
            for descending in [False, True]:
                values, indices = torch.sort(t, dim=axis, descending=descending, stable=True)
                case("sort", values, x, axis, {"descending": descending}, of="torch")
                case("argsort", indices, x, axis, {"descending": descending}, of="torch")
DISTINCT = rng.permutation(24).reshape(4, 6).astype(np.float32)
DISTINCT[1, 4] = np.nan
for k, axis, largest in [(3, -1, True), (2, 0, True), (3, 1, False), (0, 1, True), (6, -1, False)]:
    values, indices = torch.topk(torch.from_numpy(DISTINCT), k, dim=axis, largest=largest)
    case("topk", (values, indices), DISTINCT, k, axis, {"largest": largest}, of="torch")
TAKE = integers(-3, 3, 2, 5, 4)
case("takeAlongAxis", np.take_along_axis(X, TAKE, 1), X, TAKE, 1)
case("takeAlongAxis", np.take_along_axis(X, TAKE[:1, :, :1], 1), X, TAKE[:1, :, :1], 1)
ONLY = integers(-1, 1, 1, 3, 6)
case("takeAlongAxis", np.take_along_axis(X[:, :, :1], ONLY, 2), X[:, :, :1], ONLY, -1)
case("takeAlongAxis", np.take_along_axis(X > 0, TAKE, 1), X > 0, TAKE, 1)
case("takeAlongAxis", torch.gather(torch.from_numpy(X), 0, torch.from_numpy(np.abs(TAKE[:, :3]) % 2).long()), X, np.abs(TAKE[:, :3]) % 2, 0, of="torch")

# Scattering
BASE, SOURCE = normal(3, 5), normal(2, 5)
WHERE = rng.permuted(np.tile(np.arange(3, dtype=np.int32)[:, None], (1, 5)), axis=0)[:2]
t = torch.from_numpy
case("scatter", t(BASE).scatter(0, t(WHERE).long(), t(SOURCE)), BASE, WHERE, SOURCE, 0, of="torch")
case("scatter", t(BASE).scatter(0, t(WHERE[:, :3]).long(), t(SOURCE)), BASE, np.ascontiguousarray(WHERE[:, :3]), SOURCE, 0, of="torch")
case("scatter", t(BASE).scatter(0, t(WHERE).long(), 7.0), BASE, WHERE, 7, 0, of="torch")
PUT = BASE.copy()
np.put_along_axis(PUT, WHERE - 3, SOURCE, 0)
case("scatter", PUT, BASE, WHERE - 3, SOURCE, 0)
PUT = BASE.copy()
np.put_along_axis(PUT, np.array([[1, 1, 1]] * 3, np.int32), SOURCE[:1, :3].repeat(3, 0), 1)
case("scatter", PUT, BASE, np.array([[1, 1, 1]] * 3, np.int32), SOURCE[:1, :3].repeat(3, 0), 1)
MANY, PARTS = integers(0, 5, 3, 8), normal(3, 8)
case("scatterAdd", t(BASE).scatter_add(1, t(MANY).long(), t(PARTS)), BASE, MANY, PARTS, 1, of="torch", tolerance=ROUNDED)
WHOLE = integers(-9, 9, 3, 5)
case("scatterAdd", t(WHOLE).scatter_add(1, t(MANY).long(), t(integers(0, 1, 3, 8) + 2)), WHOLE, MANY, 2, 1, of="torch")
ROWS = i32(2, 0, 2, 2)
for axis in [0, 1, -1]:
    added = normal(4, 5) if axis == 0 else normal(3, 4)
    case("indexAdd", t(BASE).index_add(axis, t(ROWS), t(added)), BASE, ROWS, added, axis, of="torch", tolerance=ROUNDED)
case("oneHot", torch.nn.functional.one_hot(torch.tensor([[1, 0], [3, 1]]), 4), np.array([[1, 0], [3, 1]], np.int32), 4, of="torch")

# Shapes
case("flip", np.flip(X), X)
for axis in [0, -1, [0, 2]]:
    case("flip", np.flip(X, tuple(axis) if isinstance(axis, list) else axis), X, axis)
case("flip", np.flip(X > 0, 1), X > 0, 1)
for k in [-5, -1, 0, 1, 2, 9]:
    case("tril", np.tril(X, k), X, k)
    case("triu", np.triu(X, k), X, k)
case("tril", np.tril(np.ones((3, 3), bool)), np.ones((3, 3), bool))
case("triu", np.triu(I, 1), I, 1)
case("tril", np.tril(f32(np.nan, np.nan, np.inf, np.nan).reshape(2, 2)), f32(np.nan, np.nan, np.inf, np.nan).reshape(2, 2))
case("pad", np.pad(X, [(0, 1), (2, 0), (1, 1)]), X, [[0, 1], [2, 0], [1, 1]])
case("pad", np.pad(I[0], [(1, 0), (0, 0)], constant_values=7), I[0], [[1, 0], [0, 0]], {"value": 7})
case("pad", np.pad(np.zeros((0, 2), np.float32), [(1, 1), (0, 0)]), np.zeros((0, 2), np.float32), [[1, 1], [0, 0]])
L = np.arange(40, dtype=np.int32).reshape(4, 10)
for ranges in [[1], [-1], [None, 3], [[1, 3]], [None, [None, None, 2]], [None, [1, -1, 3]], [None, [None, None, -1]], [[None, None, -2], [8, 1, -3]],
               [[2, 99], [-99, 2]], [[3, 1]], [None, [20, None, -4]], [None, [-3, None]], [-2, [7, None, -1]], [None, [0, -99, -1]], [[None, 2], None], []]:
    index = tuple(slice(None) if r is None else slice(*r) if isinstance(r, list) else r for r in ranges)
    case("slice", L[index], L, ranges)
case("slice", L[0, 0], L, [0, 0])

# Products
V, M, T3 = normal(4), normal(4, 3), normal(2, 5, 4)
case("matmul", V @ V, V, V, tolerance=ROUNDED)
case("matmul", V @ M, V, M, tolerance=ROUNDED)
case("matmul", M.T @ V, np.ascontiguousarray(M.T), V, tolerance=ROUNDED)
case("matmul", T3 @ V, T3, V, tolerance=ROUNDED)
W = normal(5)
case("matmul", W @ T3, W, T3, tolerance=ROUNDED)
D2, D3 = normal(3, 3), normal(2, 3, 3)
E4, F4 = normal(2, 3, 4, 5), normal(2, 3, 6, 5)
for equation, *operands in [
    ("ij,jk->ik", normal(3, 4), normal(4, 2)), ("ij,jk", normal(3, 4), normal(4, 2)), ("ij,jk->ki", normal(3, 4), normal(4, 2)),
    ("ba", normal(2, 3)), ("ij->ji", normal(2, 3)), ("ij->", normal(2, 3)), ("ij->j", normal(2, 3)), ("ii", D2), ("ii->i", D2), ("bii->bi", D3),
    ("bii->b", D3), ("...ii->...", D3), ("i,i", normal(4), normal(4)), ("i,j->ij", normal(3), normal(4)), ("i,i->i", normal(4), normal(4)),
    ("bhtd,bhsd->bhts", E4, F4), ("bhtd,bhsd->bths", E4, F4), ("...td,...sd->...ts", E4, F4), ("...ij,...jk", normal(2, 1, 3, 4), normal(5, 4, 2)),
    ("i...,i...->...", normal(3, 2, 2), normal(3, 2)), ("ij,ij->i", normal(3, 4), normal(3, 4)), ("ij,kl->", normal(2, 3), normal(2, 2)),
    ("ij,jk,kl->il", normal(2, 3), normal(3, 4), normal(4, 2)), ("a,b,c->cab", normal(2), normal(3), normal(2)), ("ijk,jil->kl", normal(2, 3, 4), normal(3, 2, 5)),
    ("ij,j->i", normal(3, 4), normal(4)), (" i j , j k -> i k ", normal(3, 4), normal(4, 2)), ("iji,j->j", normal(2, 3, 2), normal(3)),
    ("Ab,bA->A", normal(2, 3), normal(3, 2)), ("Ba,aB", normal(2, 3), normal(3, 2)), ("bA", normal(2, 3)), ("i,i,i->i", normal(3), normal(3), normal(3)),
    ("ij,jk->ik", integers(-9, 9, 3, 4), integers(-9, 9, 4, 2)), ("ii", integers(-9, 9, 3, 3)), ("ij,jk->ik", normal(3, 0), normal(0, 2)), (",ij->ij", normal(), normal(2, 2)),
    ("...,...", normal(2, 3), normal(3)), ("ij,jk->ik", normal(3, 1), normal(4, 2)), ("ij,ij->ij", normal(1, 3), normal(2, 1)),
]:
    case("einsum", np.asarray(np.einsum(equation, *operands)), equation, *operands, tolerance=5 * ROUNDED if operands[0].dtype == np.float32 else 0)
case("einsum", torch.einsum("...i->i", t(X)), "...i->i", X, of="torch", tolerance=5 * ROUNDED)
conv = torch.nn.functional.conv1d
S, K1, BIAS = normal(2, 4, 11), normal(6, 4, 3), normal(6)
for options in [{}, {"stride": 2}, {"padding": 2}, {"dilation": 3}, {"stride": 3, "padding": 1, "dilation": 2}, {"padding": "same"}, {"padding": "same", "dilation": 3}, {"padding": "valid"}]:
    case("conv1d", conv(t(S), t(K1), t(BIAS), **options), S, K1, BIAS, options, of="torch", tolerance=5 * ROUNDED)
case("conv1d", conv(t(S), t(K1)), S, K1, of="torch", tolerance=5 * ROUNDED)
case("conv1d", conv(t(S[0]), t(K1), t(BIAS)), S[0], K1, BIAS, of="torch", tolerance=5 * ROUNDED)
for groups, width in [(2, 2), (4, 1)]:
    grouped = normal(8, width, 3)
    case("conv1d", conv(t(S), t(grouped), groups=groups, padding=1), S, grouped, None, {"groups": groups, "padding": 1}, of="torch", tolerance=5 * ROUNDED)
EVEN = normal(2, 4, 4)
case("conv1d", conv(t(S), t(EVEN), padding="same"), S, EVEN, None, {"padding": "same"}, of="torch", tolerance=5 * ROUNDED)

OUT.parent.mkdir(parents=True, exist_ok=True)
versions = {"numpy": np.__version__, "torch": torch.__version__.split("+")[0]}
lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in cases)
OUT.write_text(f'{{"versions":{json.dumps(versions)},"cases":[\n{lines}\n]}}\n')
print(f"{len(cases)} cases, {OUT.stat().st_size} bytes")
