/**
 * Loaded into the program before it starts (`node --import`): ends it with SIGKILL at a chosen append of the log, before
 * the transaction is committed or after. MASSGEN_TORTURE_DIE is `before 12` or `after 12`.
 */
import { createRequire } from "node:module";

const [when, at] = (process.env.MASSGEN_TORTURE_DIE ?? "").split(" ");
const require = createRequire(import.meta.url);
let appends = 0;

/** The same database, which counts the transactions that append events. */
function mortal(Database) {
	return class extends Database {
		#isAppend = false;

		prepare(sql) {
			const statement = super.prepare(sql);
			if (!sql.startsWith("INSERT INTO event")) return statement;
			return {
				run: (...values) => {
					this.#isAppend = true;
					return statement.run(...values);
				},
			};
		}

		exec(sql) {
			if (sql !== "COMMIT" || !this.#isAppend) return super.exec(sql);
			this.#isAppend = false;
			const isDue = ++appends === Number(at);
			if (isDue && when === "before") process.kill(process.pid, "SIGKILL");
			super.exec(sql);
			if (isDue && when === "after") process.kill(process.pid, "SIGKILL");
		}
	};
}

// The program takes one or the other, whichever is safe with this Node.
const name = "@photostructure/sqlite";
const packaged = require(name);
require.cache[require.resolve(name)].exports = { ...packaged, DatabaseSync: mortal(packaged.DatabaseSync) };
if (Number(process.versions.node.split(".")[0]) >= 22) {
	const builtin = process.getBuiltinModule("node:sqlite");
	builtin.DatabaseSync = mortal(builtin.DatabaseSync);
}
