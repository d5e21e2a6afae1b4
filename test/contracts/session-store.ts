import { expect, test } from "vitest";
import type { SessionStore } from "../../src/checkpoint/log.ts";
import type { Recorded, Unsaved } from "../../src/core/events.ts";
import { MassgenError, SessionBusyError } from "../../src/errors.ts";

/** What every store of sessions must do. `create` makes an empty session; `again` opens the same one as another user of it. */
export type StoreHarness = {
	create(): Promise<{ readonly store: SessionStore; again(): Promise<SessionStore> }>;
};

export function said(text: string, at = 1_000): Unsaved {
	return { at, turn: 1, attempt: 1, type: "message.added", text, to: ["ada"] };
}

export async function allEvents(store: SessionStore, after = 0): Promise<readonly Recorded[]> {
	const events: Recorded[] = [];
	for await (const page of store.read(after)) {
		events.push(...page);
	}
	return events;
}

export function sessionStoreContract(harness: StoreHarness): void {
	test("an append gives the next numbers, and a read gives back what was appended", async () => {
		const { store, again } = await harness.create();
		const lease = await store.acquire();
		const first = await lease.append([said("one"), said("zwei ✓ \u0000 \ud800")]);
		const second = await lease.append([said("three")]);
		expect(first.map((event) => event.seq)).toEqual([1, 2]);
		expect(second).toEqual([
			{
				v: 1,
				seq: 3,
				at: 1_000,
				epoch: lease.epoch,
				session: store.id,
				turn: 1,
				attempt: 1,
				type: "message.added",
				text: "three",
				to: ["ada"],
			},
		]);
		expect(lease.seq).toBe(3);
		expect(await allEvents(await again())).toEqual([...first, ...second]);
	});

	test("a read starts after the number it is given", async () => {
		const { store } = await harness.create();
		const lease = await store.acquire();
		await lease.append([said("one"), said("two"), said("three")]);
		expect((await allEvents(store, 2)).map((event) => event.seq)).toEqual([3]);
		expect(await allEvents(store, 3)).toEqual([]);
	});

	test("a long log comes in pages, without a gap between them", async () => {
		const { store } = await harness.create();
		const lease = await store.acquire();
		await lease.append(Array.from({ length: 4_500 }, (_, index) => said(String(index))));
		const pages: number[] = [];
		const events: Recorded[] = [];
		for await (const page of store.read()) {
			pages.push(page.length);
			events.push(...page);
		}
		expect(pages.length).toBeGreaterThan(1);
		expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 4_500 }, (_, index) => index + 1));
	});

	test("times never go back within one lease", async () => {
		const { store } = await harness.create();
		const lease = await store.acquire();
		await lease.append([said("one", 5_000), said("two", 4_000)]);
		await lease.append([said("three", 3_000)]);
		expect((await allEvents(store)).map((event) => event.at)).toEqual([5_000, 5_000, 5_000]);
	});

	test("an append of nothing writes nothing", async () => {
		const { store } = await harness.create();
		const lease = await store.acquire();
		expect(await lease.append([])).toEqual([]);
		expect(lease.seq).toBe(0);
	});

	test("a follower sees what was there and what comes, until it is told to stop", async () => {
		const { store, again } = await harness.create();
		const lease = await store.acquire();
		await lease.append([said("one")]);
		const stop = new AbortController();
		const texts: string[] = [];
		for await (const page of (await again()).follow(0, stop.signal)) {
			for (const event of page) {
				texts.push(event.type === "message.added" ? event.text : event.type);
			}
			if (texts.length === 1) {
				await lease.append([said("two"), said("three")]);
			}
			if (texts.length === 3) {
				stop.abort();
			}
		}
		expect(texts).toEqual(["one", "two", "three"]);
	});

	test("a follower that waits ends when it is told to stop, and when the store is closed", async () => {
		const { store } = await harness.create();
		const stop = new AbortController();
		const stopped = store.follow(0, stop.signal)[Symbol.asyncIterator]().next();
		const closed = store.follow(0, new AbortController().signal)[Symbol.asyncIterator]().next();
		stop.abort();
		expect((await stopped).done).toBe(true);
		await store.close();
		expect((await closed).done).toBe(true);
	});

	test("there is one writer: a second one is refused and told who it is", async () => {
		const { store, again } = await harness.create();
		const lease = await store.acquire();
		const refusal: unknown = await (await again()).acquire().catch((error: unknown) => error);
		expect(refusal).toBeInstanceOf(SessionBusyError);
		expect(refusal).toMatchObject({ pid: process.pid, code: "session_busy", sessionId: store.id });
		expect(await store.holder()).toMatchObject({ pid: process.pid, epoch: lease.epoch });
	});

	test("a released lease can be taken again, under a higher epoch; the old one appends nothing", async () => {
		const { store, again } = await harness.create();
		const old = await store.acquire();
		await old.append([said("one")]);
		await old.release();
		expect(await store.holder()).toBeUndefined();
		const lease = await (await again()).acquire();
		expect(lease.epoch).toBeGreaterThan(old.epoch);
		expect(lease.seq).toBe(1);
		await expect(old.append([said("late")])).rejects.toMatchObject({ code: "lease_lost" });
		await expect(old.addDrafts([{ step: "s1", agent: "ada", text: "late" }])).rejects.toMatchObject({ code: "lease_lost" });
		await old.release();
		await lease.append([said("two")]);
		expect((await allEvents(store)).map((event) => event.seq)).toEqual([1, 2]);
	});

	test("drafts grow by what is added, and go with the append that finishes their step", async () => {
		const { store, again } = await harness.create();
		const lease = await store.acquire();
		await lease.addDrafts([
			{ step: "s1", agent: "ada", text: "Hel" },
			{ step: "s2", agent: "bob", text: "Good" },
		]);
		await lease.addDrafts([{ step: "s1", agent: "ada", text: "lo" }]);
		const reader = await again();
		expect(await reader.drafts()).toEqual([
			{ step: "s1", agent: "ada", text: "Hello" },
			{ step: "s2", agent: "bob", text: "Good" },
		]);
		await lease.append([said("done")], { finished: ["s1", "s9"], added: [{ step: "s2", agent: "bob", text: " day" }] });
		expect(await reader.drafts()).toEqual([{ step: "s2", agent: "bob", text: "Good day" }]);
	});

	test("drafts of an earlier lease are there for the next one", async () => {
		const { store } = await harness.create();
		const old = await store.acquire();
		await old.addDrafts([{ step: "s1", agent: "ada", text: "half a" }]);
		await old.release();
		const lease = await store.acquire();
		expect(await store.drafts()).toEqual([{ step: "s1", agent: "ada", text: "half a" }]);
		await lease.append([said("saved")], { finished: ["s1"] });
		expect(await store.drafts()).toEqual([]);
	});

	test("a request reaches the holder in order, and its answer reaches the one who asked", async () => {
		const { store, again } = await harness.create();
		const asker = await again();
		const early = await asker.request({ type: "say", text: "hello", to: ["ada"] });
		const lease = await store.acquire();
		const late = await asker.request({ type: "extend", ms: 5_000 });
		expect(await lease.requests()).toEqual([
			{ number: early, request: { type: "say", text: "hello", to: ["ada"] } },
			{ number: late, request: { type: "extend", ms: 5_000 } },
		]);
		expect(await asker.answer(early)).toBeUndefined();
		await lease.respond(early, "done");
		expect(await asker.answer(early)).toBe("done");
		expect((await lease.requests()).map((request) => request.number)).toEqual([late]);
	});

	test("a closed store says so", async () => {
		const { store } = await harness.create();
		const lease = await store.acquire();
		await store.close();
		await store.close();
		await expect(lease.append([said("late")])).rejects.toBeInstanceOf(MassgenError);
		await lease.release();
		await expect(allEvents(store)).rejects.toThrow("was closed");
		await expect(store.acquire()).rejects.toThrow("was closed");
	});
}
