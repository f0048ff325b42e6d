import type { TopicComment } from "./forge.js";

/** The text in at most `limit` UTF-16 units, an ellipsis at its end where something was left out. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, Math.max(limit - 1, 0));
  const last = kept.charCodeAt(kept.length - 1);
  const isHalfACharacter = last >= 0xd800 && last <= 0xdbff;
  return `${isHalfACharacter ? kept.slice(0, -1) : kept}…`;
}

/** What our comment of a topic begins with; forges do not show it. */
export function topicMarker(topic: string): string {
  return `<!-- sluice:${topic} -->`;
}

/** The whole comment, as it is stored. */
export function commentBody({ topic, text }: TopicComment, limit: number): string {
  return cut(`${topicMarker(topic)}\n${text}`, limit);
}

/** Forges change line ends and the white space at the end of what they store. */
export function sameText(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

function normal(text: string): string {
  return text.replace(/\r\n?/g, "\n").trimEnd();
}

/** A description that says this word, whatever else it says. */
export function withWord(description: string, word: string | undefined): string {
  if (word === undefined || description.toLowerCase().includes(word)) return description;
  return [word, description].filter(Boolean).join(": ");
}
