/** What a handler had done to the outside, by which verb of the interface of forges. */
export interface Effect {
  /** The kind of the job. */
  readonly job: string;
  readonly verb: string;
  /** `POST …/merge_requests description title`; `ended`: the handler was through, and nobody had recorded it. */
  readonly what: string;
}
