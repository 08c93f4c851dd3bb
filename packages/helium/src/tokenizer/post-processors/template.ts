import { Encoding } from "../encoding.ts";
import { TokenizerError } from "../../errors.ts";
import { quoted, type JsonNode } from "../json-node.ts";
import { maxIds, type PostProcessor } from "../stages.ts";

/** Real templates have at most a handful of both; a text is repeated for each piece that names it. */
const maxPieces = 64;
const maxSpecials = 1024;

interface SpecialToken {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
}

type Piece =
  { readonly sequence: 0 | 1; readonly typeId: number } | { readonly special: SpecialToken; readonly typeId: number };

const readSpecialTokens = (node: JsonNode): Map<string, SpecialToken> => {
  const specials = new Map<string, SpecialToken>();
  for (const name of Object.keys(node.record())) {
    const special = node.get(name);
    const ids = special
      .get("ids")
      .items()
      .map((id) => id.index(maxIds));
    const tokens = special
      .get("tokens")
      .items()
      .map((token) => token.string());
    if (ids.length !== tokens.length) throw special.error(`has ${ids.length} ids and ${tokens.length} tokens`);
    specials.set(name, { ids, tokens });
  }
  return specials;
};

const readPiece = (node: JsonNode, specials: ReadonlyMap<string, SpecialToken>): Piece => {
  const sequence = node.get("Sequence");
  if (!sequence.isMissing) {
    const isFirst = sequence.get("id").oneOf(["A", "B"]) === "A";
    return { sequence: isFirst ? 0 : 1, typeId: sequence.get("type_id").index(maxIds) };
  }
  const token = node.get("SpecialToken");
  if (token.isMissing) throw node.error("has neither Sequence nor SpecialToken, expected one of them");
  const id = token.get("id");
  const special = specials.get(id.string());
  if (special === undefined) throw id.error(`is ${quoted(id.string())}, which special_tokens lacks`);
  return { special, typeId: token.get("type_id").index(maxIds) };
};

const countSpecials = (template: readonly Piece[]): number =>
  template.reduce((total, piece) => total + ("special" in piece ? piece.special.ids.length : 0), 0);

/** `{ "type": "TemplateProcessing", "single": […], "pair": […], "special_tokens": {…} }` */
export const readTemplate = (node: JsonNode): PostProcessor => {
  const specials = readSpecialTokens(node.get("special_tokens"));
  const read = (key: string): Piece[] => {
    const list = node.get(key);
    const count = list.isMissing ? 0 : list.list().length;
    if (count > maxPieces) throw list.error(`has ${count} pieces, expected at most ${maxPieces}`);
    const pieces = list.items().map((piece) => readPiece(piece, specials));
    const added = countSpecials(pieces);
    if (added > maxSpecials) throw list.error(`adds ${added} tokens, expected at most ${maxSpecials}`);
    return pieces;
  };
  const [single, pair] = [read("single"), read("pair")];
  if (single.some((piece) => "sequence" in piece && piece.sequence === 1)) {
    throw node.get("single").error("uses sequence B, expected only A");
  }
  return {
    addedTokens: (isPair) => countSpecials(isPair ? pair : single),
    process: (encodings, addSpecialTokens) => {
      const template = encodings.length === 2 ? pair : single;
      if (encodings.length > 2) {
        throw new TokenizerError("tokenizer", {
          field: "post_processor",
          problem: `gives a template ${encodings.length} encodings, expected 1 or 2`,
          mend: "use at most one TemplateProcessing in a Sequence",
        });
      }
      return template.flatMap((piece): Encoding[] => {
        if ("sequence" in piece) return [(encodings[piece.sequence] as Encoding).withTypeId(piece.typeId)];
        if (!addSpecialTokens) return [];
        return [Encoding.ofSpecial(piece.special.ids, piece.special.tokens, piece.typeId)];
      });
    },
  };
};
