/**
 * Loaded into the program before it starts (`node --import`): ends it with SIGKILL at a chosen append of the log, before
 * the transaction is committed or after. MASSGEN_TORTURE_DIE is `before 12` or `after 12`.
 */
import { createRequire } from "node:module";

const [when, at] = (process.env.MASSGEN_TORTURE_DIE ?? "").split(" ");
const require = createRequire(import.meta.url);
const classes = [require("@photostructure/sqlite").DatabaseSync];
const builtin = Number(process.versions.node.split(".")[0]) >= 22 ? process.getBuiltinModule("node:sqlite") : undefined;
if (builtin) classes.push(builtin.DatabaseSync);

let appends = 0;
for (const { prototype } of classes) {
	const { prepare, exec } = prototype;
	let isAppend = false;
	prototype.prepare = function (sql) {
		const statement = prepare.call(this, sql);
		if (!sql.startsWith("INSERT INTO event")) return statement;
		const run = statement.run.bind(statement);
		statement.run = (...values) => {
			isAppend = true;
			return run(...values);
		};
		return statement;
	};
	prototype.exec = function (sql) {
		if (sql !== "COMMIT" || !isAppend) return exec.call(this, sql);
		isAppend = false;
		const isDue = ++appends === Number(at);
		if (isDue && when === "before") process.kill(process.pid, "SIGKILL");
		exec.call(this, sql);
		if (isDue && when === "after") process.kill(process.pid, "SIGKILL");
	};
}
