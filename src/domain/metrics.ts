/** What is counted: a name in Prometheus' way, what it means, and by what it is told apart. */
export interface Metric<Label extends string = string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

export type Labels<Label extends string = string> = Readonly<Record<Label, string>>;

/** Where whoever has something to count says so; a folder needs no library for it. */
export interface Metrics {
  /** Something that only grows; the answer counts one, or so many. */
  counter<Label extends string>(metric: Metric<Label>): (labels: Labels<Label>, amount?: number) => void;
  /** How long something took; the answer takes seconds. */
  timer<Label extends string>(metric: Metric<Label>): (labels: Labels<Label>, seconds: number) => void;
  /** Something that is looked up when somebody asks. */
  gauge<Label extends string>(metric: Metric<Label>, read: () => Promise<readonly Sample<Label>[]>): void;
}

export interface Sample<Label extends string = string> {
  readonly labels: Labels<Label>;
  readonly value: number;
}
