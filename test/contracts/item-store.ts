import { describe, expect, test } from "vitest";
import type { ItemStore } from "../../src/sessions/items.ts";

/** What every store of items must do. `open` gives an empty one; two sessions opened from it must not share anything. */
export function itemStoreContract(name: string, open: () => Promise<ItemStore>): void {
	const hello = { role: "user", content: "Hello" };
	const hi = { role: "assistant", content: "Hi!" };
	const call = {
		type: "function_call",
		callId: "c1",
		name: "add",
		arguments: '{"a":1}',
		providerData: { nested: { list: [1, null, "x"] } },
	};

	describe(name, () => {
		test("O6, O7: items come back word for word, in the order in which they were added", async () => {
			const store = await open();
			await store.add("a", [hello]);
			await store.add("a", [hi, call]);
			expect(await store.get("a")).toEqual([hello, hi, call]);
			await store.close();
		});

		test("O6: a limit takes the newest items and gives them oldest first", async () => {
			const store = await open();
			await store.add("a", numbered(5));
			expect(await store.get("a", 2)).toEqual(numbered(5).slice(3));
			expect(await store.get("a", 99)).toEqual(numbered(5));
			expect(await store.get("a", 0)).toEqual([]);
			expect(await store.get("a", -3)).toEqual([]);
			await store.close();
		});

		test("O8: pop removes the newest item and returns it, and tells when there is none", async () => {
			const store = await open();
			await store.add("a", [hello, hi]);
			expect(await store.pop("a")).toEqual(hi);
			expect(await store.pop("a")).toEqual(hello);
			expect(await store.pop("a")).toBeUndefined();
			expect(await store.get("a")).toEqual([]);
			await store.close();
		});

		test("O9, O10: clearing one session leaves the others alone", async () => {
			const store = await open();
			await store.add("user_123", [hello]);
			await store.add("user_456", [hi]);
			await store.clear("user_123");
			expect(await store.get("user_123")).toEqual([]);
			expect(await store.get("user_456")).toEqual([hi]);
			await store.add("user_123", [call]);
			expect(await store.get("user_123")).toEqual([call]);
			await store.close();
		});

		test("an empty list changes nothing, and a session nobody wrote to is empty", async () => {
			const store = await open();
			await store.add("a", []);
			expect(await store.get("a")).toEqual([]);
			expect(await store.list()).toEqual([]);
			await store.clear("never");
			await store.close();
		});

		test("what goes in and what comes out are copies", async () => {
			const store = await open();
			const given = { role: "user", content: [{ type: "input_text", text: "one" }] };
			await store.add("a", [given]);
			const [part] = given.content;
			if (part !== undefined) part.text = "changed";
			const got = await store.get("a");
			Reflect.set(got[0] ?? {}, "role", "changed");
			expect(await store.get("a")).toEqual([{ role: "user", content: [{ type: "input_text", text: "one" }] }]);
			await store.close();
		});

		test("bytes, unusual texts and unusual keys survive", async () => {
			const store = await open();
			const items = [
				{ role: "user", content: [{ type: "input_image", image: { data: new Uint8Array([0, 255, 10]) } }] },
				{ $bytes: "not bytes" },
				{ a: { $$bytes: 1 } },
				{ text: "", lines: "a\nb\r\n\tc", number: "42", truth: "true", nothing: "null", hash: "# x", dash: "- y", list: "[2]: a,b" },
				JSON.parse('{"__proto__": {"polluted": true}, "empty": {}, "none": [], "deep": [[[]]]}'),
				{ emoji: "\u{1F469}\u200D\u{1F52C}", zero: "a\u0000b", lone: "\uD800", numbers: [1e-7, 1e21, -0.5, 2 ** 64] },
			];
			await store.add("a", items);
			expect(await store.get("a")).toEqual(items);
			expect(Object.hasOwn((await store.get("a"))[4] ?? {}, "__proto__")).toBe(true);
			await store.close();
		});

		test("what is no object, or cannot be JSON, is refused and nothing of it is stored", async () => {
			const store = await open();
			const circle: Record<string, unknown> = { role: "user" };
			circle.self = circle;
			for (const wrong of [
				[hello, circle],
				[hello, [1]],
				[hello, { big: 1n }],
				[hello, new Date(0)],
			]) {
				await expect(store.add("a", wrong)).rejects.toMatchObject({ code: "invalid_request" });
			}
			expect(await store.get("a")).toEqual([]);
			await store.close();
		});

		test("O14: additions at the same time are neither lost nor split", async () => {
			const store = await open();
			await Promise.all(numbered(20).map((item) => store.add("a", [item, { ...item, second: true }])));
			const items = await store.get("a");
			expect(items).toHaveLength(40);
			for (let index = 0; index < 40; index += 2) expect(items[index + 1]).toEqual({ ...items[index], second: true });
			await store.close();
		});

		test("pops at the same time never return the same item", async () => {
			const store = await open();
			await store.add("a", numbered(6));
			const popped = await Promise.all(numbered(8).map(() => store.pop("a")));
			expect(popped.filter((item) => item !== undefined).map((item) => item.number)).toEqual([6, 5, 4, 3, 2, 1]);
			await store.close();
		});

		test("change replaces the items, all or nothing", async () => {
			const store = await open();
			await store.add("a", numbered(4));
			await store.change("a", (items) => items.map((item) => (item.number === 2 ? { number: "two" } : item)));
			await store.change("a", (items) => [...items.slice(0, -1), hello, hi]);
			expect(await store.get("a")).toEqual([{ number: 1 }, { number: "two" }, { number: 3 }, hello, hi]);
			const failing = store.change("a", () => {
				throw new RangeError("no");
			});
			await expect(failing).rejects.toThrow(RangeError);
			expect(await store.get("a")).toHaveLength(5);
			await store.change("a", () => []);
			expect(await store.get("a")).toEqual([]);
			await store.close();
		});

		test("a change of the newest items is shown no others, and leaves them as they are", async () => {
			const store = await open();
			await store.add("a", numbered(4));
			const seen: unknown[] = [];
			const swap = (items: readonly object[]) => {
				seen.push(items);
				return [hello];
			};
			await store.change("a", swap, { newest: 2 });
			await store.change("a", swap, { newest: 0 });
			expect(seen).toEqual([numbered(4).slice(2), []]);
			expect(await store.get("a")).toEqual([{ number: 1 }, { number: 2 }, hello, hello]);
			await store.change("a", swap, { newest: 99 });
			expect(await store.get("a")).toEqual([hello]);
			await store.close();
		});

		test("an operation is applied once, until the session is cleared", async () => {
			const store = await open();
			const append = () => store.change("a", (items) => [...items, hello], { operation: { id: "op", fingerprint: "f" } });
			await append();
			await append();
			expect(await store.get("a")).toEqual([hello]);
			const other = store.change("a", () => [], { operation: { id: "op", fingerprint: "other" } });
			await expect(other).rejects.toMatchObject({ code: "invalid_request" });
			expect(await store.get("a")).toEqual([hello]);
			await store.change("b", (items) => [...items, hi], { operation: { id: "op", fingerprint: "elsewhere" } });
			await store.clear("a");
			await append();
			expect(await store.get("a")).toEqual([hello]);
			await store.close();
		});

		test("the list names each session with its count, the latest first", async () => {
			const store = await open();
			const odd = "../ä b/%41?";
			await store.add("first", [hello]);
			await store.add(odd, [hello, hi]);
			const listed = await store.list();
			expect(listed.map(({ id, count }) => ({ id, count }))).toEqual([
				{ id: odd, count: 2 },
				{ id: "first", count: 1 },
			]);
			for (const { createdAt, lastActivity } of listed) {
				expect(new Date(createdAt).toISOString()).toBe(createdAt);
				expect(new Date(lastActivity).toISOString()).toBe(lastActivity);
			}
			await store.close();
		});
	});
}

function numbered(count: number): { number: number }[] {
	return Array.from({ length: count }, (_, index) => ({ number: index + 1 }));
}
