/** Whether a comment may hold an order: a look at the event alone spares asking the forge for everybody's talk. */
export function mayOrder(body: string): boolean {
  return /^\//m.test(body);
}

export const noOrder = "a comment that orders nothing";
