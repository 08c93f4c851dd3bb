/** What a user did: typed or pasted a text, or pressed a key that has a name, such as `left`, `C-a` or `M-return`. */
export type Key =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "paste"; readonly text: string }
  | { readonly kind: "press"; readonly name: string };

export const press = (name: string): Key => ({ kind: "press", name });
export const typed = (text: string): Key => ({ kind: "text", text });
export const pasted = (text: string): Key => ({ kind: "paste", text });
