/**
 * What `%0`, `%1`, `%#`, `%*`, `%**` and `%{-o*}` mean within a parametric macro. `options` is getopt's: letters, a colon
 * behind those that take a value; `-` alone takes all words as they are.
 */
export function argumentsOf(
  name: string,
  words: readonly string[],
  options: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>([
    ["0", name],
    ["**", words.join(" ")],
  ]);
  const positional = options === "-" ? words : takeOptions(words, options, found);
  for (const [index, word] of positional.entries()) found.set(String(index + 1), word);
  found.set("#", String(positional.length));
  found.set("*", positional.join(" "));
  return found;
}

/** The words that are no options; options go to `found`. */
function takeOptions(words: readonly string[], options: string, found: Map<string, string>): string[] {
  const positional: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (!/^-[A-Za-z]/.test(word)) {
      positional.push(word);
      continue;
    }
    for (let letter = 1; letter < word.length; letter += 1) {
      const option = word[letter] ?? "";
      if (!takesValue(option, options)) {
        found.set(`-${option}`, `-${option}`);
        continue;
      }
      const value = word.slice(letter + 1) || (words[(index += 1)] ?? "");
      found.set(`-${option}`, `-${option} ${value}`);
      found.set(`-${option}*`, value);
      break;
    }
  }
  return positional;
}

function takesValue(option: string, options: string): boolean {
  return options.includes(`${option}:`);
}
