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
