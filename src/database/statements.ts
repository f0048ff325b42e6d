/** As much as we need of a connection of better-sqlite3. */
interface Preparing<Statement> {
  prepare(sql: string): Statement;
}

const most = 500;

/** Has a connection keep the statements that it prepared: to prepare one anew takes longer than to run it. */
export function keepStatements<Statement>(connection: Preparing<Statement>): void {
  const kept = new Map<string, Statement>();
  const prepare = connection.prepare.bind(connection);
  connection.prepare = (sql) => {
    const statement = kept.get(sql) ?? prepare(sql);
    // Asked for last, thrown away last.
    kept.delete(sql);
    kept.set(sql, statement);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return statement;
  };
}

/** As much as we need of a connection of pg. */
interface Asking {
  query: (asked: string | Asked, ...rest: readonly unknown[]) => unknown;
}

interface Asked {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: string;
}

const mostNamed = 200;
const longestNamed = 3000;

/**
 * The same for Postgres, which keeps a statement under a name that it is given: to plan one that claims a job takes longer
 * than to run it. The first ones are kept, since a name cannot be given back; those of large groups are left out.
 */
export function nameStatements(connection: Asking): void {
  const names = new Map<string, string>();
  const query = connection.query.bind(connection);
  const nameOf = (text: string) => {
    if (!names.has(text) && names.size < mostNamed) names.set(text, `sluice_${names.size}`);
    return names.get(text);
  };
  connection.query = (asked, ...rest) => {
    if (!isWorthIt(asked)) return query(asked, ...rest);
    const name = nameOf(asked.text);
    return query(name === undefined ? asked : { ...asked, name }, ...rest);
  };
}

/** Postgres refuses to run one that it keeps once there is another column, which a newer Sluice may add under a running one. */
const everyColumn = /(?:select|returning|,) (?:"\w+"\.)?\*/;

/** Without values it may be several statements in one. */
function isWorthIt(asked: string | Asked): asked is Asked {
  if (typeof asked === "string" || asked.name !== undefined) return false;
  const { text, values = [] } = asked;
  return values.length > 0 && text.length <= longestNamed && !everyColumn.test(text);
}
