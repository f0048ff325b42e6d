const loneSurrogate = /[\uDC80-\uDCFF]/u;

/**
 * Bytes as text and back without loss: what is not UTF-8 becomes lone surrogates, U+DC80 to U+DCFF, one a byte. Git
 * promises no encoding for names and messages, and nothing that we carry may change on the way.
 */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  if (!text.includes("\uFFFD")) return text;
  return decodeSlowly(bytes);
}

/** The inverse of `decodeText`. */
export function encodeText(text: string): Buffer {
  if (!loneSurrogate.test(text)) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  for (const part of text.split(/([\uDC80-\uDCFF])/u)) {
    const byte = loneSurrogate.test(part) ? part.charCodeAt(0) - 0xdc00 : undefined;
    parts.push(byte === undefined ? Buffer.from(part, "utf8") : Buffer.of(byte));
  }
  return Buffer.concat(parts);
}

function decodeSlowly(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes[at] ?? 0);
    const character = bytes.subarray(at, at + length).toString("utf8");
    if (length > 0 && isExact(character, bytes.subarray(at, at + length))) {
      text += character;
      at += length;
    } else {
      text += String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
      at += 1;
    }
  }
  return text;
}

function characterLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

function isExact(character: string, bytes: Buffer): boolean {
  return Buffer.from(character, "utf8").equals(bytes);
}
