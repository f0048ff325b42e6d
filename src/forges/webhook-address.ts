import type { ForgeName } from "../domain/refs.js";

/** Whether webhooks that go there reach Sluice: by the end of the address; what stands before, only who set it up knows. */
export function leadsToUs(url: string, forge: ForgeName): boolean {
  return URL.canParse(url) && new URL(url).pathname.endsWith(`/webhooks/${forge}`);
}

export const nothingLeadsToUs = { health: "trouble", trouble: "no webhook leads to Sluice" } as const;
