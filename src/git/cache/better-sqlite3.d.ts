/** As much of it as locks take; knex brings its own way to everything else. */
declare module "better-sqlite3" {
  // eslint-disable-next-line no-restricted-syntax -- so the package has it.
  export default class Database {
    constructor(file: string, options: { readonly timeout: number });
    exec(sql: string): this;
    close(): this;
  }
}
