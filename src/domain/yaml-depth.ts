import { Lexer, Parser } from "yaml";

/** Collections in collections, as the library counts them; nothing that people write comes near it. */
const deepest = 200;

/**
 * Whether a YAML text nests so deep that it must not be parsed: the library recurses, and V8 ends the whole process where a
 * regular expression has to be compiled at the end of the stack.
 */
export function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // Driven by asking for its answers, of which none is needed.
    Array.from(parser.next(lexeme));
    if (parser.stack.length > deepest) return true;
  }
  return false;
}
