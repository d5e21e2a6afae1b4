import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createSession, openSession } from "../../src/checkpoint/session-directory.ts";
import { listSessions } from "../../src/sessions/catalogue.ts";
import { allEvents, said } from "../contracts/session-store.ts";
import { bundleChild, run } from "./child.ts";
import { killWriters } from "./kill.ts";
import { temporary } from "./temporary-session.ts";

const files = temporary();
const child = bundleChild("driver");
afterAll(() => files.remove());

test("nothing that was acknowledged is lost when the writer is killed, and a reader sees nothing that is gone later", async () => {
	const { store, directory } = await files.session();
	await store.close();
	const report = await killWriters(child, directory, Number(process.env.MASSGEN_KILLS ?? 6));
	expect(report).toMatchObject({ lost: 0, vanished: 0 });
	expect(report.acknowledged).toBeGreaterThan(0);
});

test("a killed driver is replaced at once, and its drafts are still there", async () => {
	const { store, directory } = await files.session();
	const driver = run(process.execPath, [child, "acquire", directory]);
	await driver.line(/^drives/);
	await expect(store.acquire()).rejects.toMatchObject({ code: "session_busy", pid: driver.process.pid });
	driver.process.kill("SIGKILL");
	await driver.ended;
	const lease = await store.acquire();
	expect(lease.epoch).toBe(2);
	expect(await store.drafts()).toEqual([{ step: "s", agent: "ada", text: "half a sentence" }]);
});

test("a list shows a turn as running while its process lives, and as interrupted as soon as it is killed", async () => {
	const [here, home] = [files.directory(), files.directory()];
	const store = await createSession(here, { home, id: "risky" });
	const { directory = "" } = store;
	await store.close();
	const driver = run(process.execPath, [child, "ask", directory]);
	await driver.line(/^asked/);
	expect(listSessions({ home, here })[0]).toMatchObject({
		id: "risky",
		status: "running",
		question: "Is it safe?",
		driver: { pid: driver.process.pid },
	});
	driver.process.kill("SIGKILL");
	await driver.ended;
	expect(listSessions({ home, here })[0]).toMatchObject({ id: "risky", status: "interrupted", question: "Is it safe?" });
	expect(listSessions({ home, here })[0]?.driver).toBeUndefined();
});

test("a stopped driver is replaced when its heartbeat is old; when it wakes up it learns so and appends nothing", async () => {
	const { directory } = await files.session();
	const driver = run(process.execPath, [child, "write", directory, "1000000", "20", "200"]);
	await driver.line(/^3$/);
	driver.process.kill("SIGSTOP");
	// If it was stopped in the middle of a commit nobody can write: that is told, and is not this test.
	const other = await files.open(directory, { rhythm: { beatMs: 50, staleMs: 200 }, now: () => Date.now() + 1_000 });
	const lease = await other.acquire().catch(() => undefined);
	if (lease !== undefined) {
		await lease.append([said("mine")]);
	}
	driver.process.kill("SIGCONT");
	if (lease === undefined) {
		driver.process.kill("SIGKILL");
		await driver.ended;
		return;
	}
	expect(await driver.line(/^lost/)).toContain(`Process ${process.pid} on`);
	expect(await driver.line(/^failed/)).toContain('"lease_lost"');
	await driver.ended;
	const events = await allEvents(other);
	expect(events.at(-1)).toMatchObject({ type: "message.added", text: "mine", epoch: lease.epoch });
});

test("of twenty processes that resume one session one drives, and nineteen are told who", async () => {
	const { directory } = await files.session();
	const children = Array.from({ length: 20 }, () => run(process.execPath, [child, "acquire", directory]));
	const verdicts = await Promise.all(children.map((process) => process.line(/^(drives|refused)/)));
	const driving = children.filter((_, index) => verdicts[index]?.startsWith("drives"));
	expect(driving).toHaveLength(1);
	const pid = driving[0]?.process.pid;
	for (const verdict of verdicts.filter((line) => line.startsWith("refused"))) {
		expect(JSON.parse(verdict.slice("refused ".length))).toMatchObject({ code: "session_busy", pid });
	}
	for (const process of children) {
		process.process.stdin?.end();
	}
	expect(await Promise.all(children.map((process) => process.ended))).toEqual(children.map(() => 0));
});

test("eight processes may ask for one new session by name: one makes it, and all find it whole", async () => {
	const root = files.directory();
	const creator = bundleChild("creator");
	const children = Array.from({ length: 8 }, () => run(process.execPath, [creator, root, "shared"]));
	const verdicts = (await Promise.all(children.map((process) => process.line(/./)))).sort();
	expect(verdicts).toEqual(["created", ...Array.from({ length: 7 }, () => "opened")]);
});

test("eight processes that start a session in the same second get eight sessions", async () => {
	const root = files.directory();
	const creator = bundleChild("creator");
	const children = Array.from({ length: 8 }, () => run(process.execPath, [creator, root]));
	const ids = (await Promise.all(children.map((process) => process.line(/./)))).sort();
	const numbered = Array.from({ length: 7 }, (_, index) => `session_20260102_030405_${index + 2}`);
	expect(ids).toEqual(["session_20260102_030405", ...numbered]);
	const store = await openSession(join(root, ".massgen", "sessions", "session_20260102_030405_8"));
	expect(await allEvents(store)).toEqual([]);
	await store.close();
});
