import { z } from "zod";

const text = z.string().min(1);
const ciState = z.enum(["pending", "running", "manual", "success", "failure", "canceled", "skipped"]);

export const newUserShape = z.object({ login: text, name: text.optional(), email: text.optional() });

const repositoryPath = z.string().regex(/^[\w.-]+(\/[\w.-]+)+$/, "owner/name");

export const newRepositoryShape = z.object({
  path: repositoryPath,
  owner: text.default("maintainer"),
  private: z.boolean().default(false),
  defaultBranch: text.default("main"),
});

export const renameShape = z.object({
  repository: text,
  path: repositoryPath,
  by: text.default("maintainer"),
});

export const deleteShape = z.object({ repository: text, by: text.default("maintainer") });

export const memberShape = z.object({
  repository: text,
  user: text,
  access: z.enum(["read", "write", "admin"]),
});

const ciJob = z.object({
  name: text,
  stage: text.optional(),
  states: z.array(ciState).min(1).default(["pending", "running", "success"]),
  allowFailure: z.boolean().optional(),
  log: z.string().optional(),
});

export const ciShape = z.object({
  repository: text,
  stepMilliseconds: z.union([z.number().nonnegative(), z.literal("manual")]).default(1000),
  mergedResults: z.boolean().optional(),
  jobs: z.array(ciJob.extend({ child: z.array(ciJob).optional() })),
});

export const ciStepShape = z.object({ repository: text });

export const appWebhookShape = z.object({ url: z.url().nullable() });

export const faultShape = z.discriminatedUnion("fault", [
  z.object({ fault: z.literal("down") }),
  z.object({ fault: z.literal("back") }),
  z.object({ fault: z.literal("rate-limit"), seconds: z.number().positive() }),
  z.object({ fault: z.literal("reject-push"), message: text }),
  z.object({ fault: z.literal("lose-webhook") }),
  z.object({
    fault: z.literal("fail-request"),
    path: text,
    method: text.optional(),
    status: z.int().min(400).max(599).default(500),
  }),
]);

export type Fault = z.infer<typeof faultShape>;
