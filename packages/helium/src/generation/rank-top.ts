/** Indices of the `count` largest values, largest first and the earlier one where equal. */
export function rankTop(values: ArrayLike<number>, count: number, without?: ReadonlySet<number>): number[] {
  const top: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (top.length === count && !(value > (values[top.at(-1) ?? 0] ?? 0))) continue;
    if (without?.has(i)) continue;
    let place = top.length;
    while (place > 0 && value > (values[top[place - 1] ?? 0] ?? 0)) place--;
    top.splice(place, 0, i);
    if (top.length > count) top.pop();
  }
  return top;
}
