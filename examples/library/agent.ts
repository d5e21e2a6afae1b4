/** An agent with a tool of its own: it talks, and it reaches a goal within limits. */
import assert from "node:assert/strict";
import { Agent, type LibraryTool, SessionError } from "massgen";

const orders: LibraryTool = {
	name: "orders",
	description: "The orders of a customer.",
	inputSchema: { type: "object", properties: { customer: { type: "string" } }, required: ["customer"] },
	readOnly: true,
	execute: ({ customer }: { customer: string }) => [{ customer, sku: "ABC", quantity: 2 }],
};

// In the place of a model: it calls the tool, and then answers.
const script = [
	{ think: "I look at the orders." },
	{ call: { tool: "orders", input: { customer: "Alice" } } },
	{ say: "Alice has ordered two ABC." },
];
const agent = new Agent({ id: "clerk", config: { agents: [{ id: "clerk", backend: { type: "simulated", script } }] }, tools: [orders] });

const result = await agent.execute({ goal: "What has Alice ordered?", context: { customer: "Alice" }, inMemory: true });
assert.equal(result.status, "completed");
assert.deepEqual(
	result.steps.map(({ type }) => type),
	["thinking", "tool_call", "tool_result", "output"],
);
console.log(result.unwrap());

// Its limits end a run that would go on; what it had done is in the result.
const short = await agent.execute({ goal: "What has Alice ordered?", maxSteps: 1, inMemory: true });
assert.equal(short.status, "max_steps_reached");
assert.throws(() => short.unwrap(), SessionError);
console.log(`With one step: ${short.status}, after ${short.tool_calls} call of a tool.`);

// Conversations are kept apart by their ids, and know what was said in them.
await agent.chat("What has Alice ordered?");
await agent.chat("And Bob?", { sessionId: "bob" });
assert.equal(agent.getSession().messages.length, 3);
assert.equal(agent.getSession("bob").messages.length, 3);
console.log("Two conversations, three messages each: the system's, a question, an answer.");
