import type { Recorded } from "../core/events.ts";
import type { AgentId } from "../core/types.ts";

/** One thing that an agent did in a run, as programs are shown it. Several may come of one model call. */
export type RunStep = {
	/** From 1, in the order of the log. */
	readonly number: number;
	readonly agentId: AgentId;
	readonly type: "thinking" | "tool_call" | "tool_result" | "output" | "error";
	/** What it was asked for: its task, or the arguments of the tool. */
	readonly input: unknown;
	/** What came of it; null for a call whose result is not there yet. */
	readonly output: unknown;
	/** Of the model call that it begins with, or of the tool; 0 for what came with the same call. */
	readonly durationMs: number;
	readonly toolName?: string;
	/** Of the model call, input and output together; absent if the provider did not say. */
	readonly tokens?: number;
};

type Part = Omit<RunStep, "number" | "durationMs">;

/**
 * The steps of a run: a fold of the events of one turn. What an agent says before it calls a tool is thinking, an answer it
 * submits is output, a vote is a call of the tool `vote`, and what failed is an error and stays in the list.
 */
export function runSteps(events: readonly Recorded[]): RunStep[] {
	const steps: RunStep[] = [];
	const tasks = new Map<string, string>();
	const calls = new Map<string, { readonly at: number; readonly input: unknown }>();
	/** Duration and tokens of the last model call of an agent, until a step has taken them. */
	const paid = new Map<AgentId, { readonly durationMs: number; readonly tokens?: number }>();

	function push(part: Part, durationMs?: number): void {
		const call = durationMs === undefined ? paid.get(part.agentId) : undefined;
		if (call !== undefined) paid.delete(part.agentId);
		const tokens = call?.tokens === undefined ? {} : { tokens: call.tokens };
		steps.push({ ...part, number: steps.length + 1, durationMs: durationMs ?? call?.durationMs ?? 0, ...tokens });
	}

	for (const event of events) {
		switch (event.type) {
			case "assignment.started":
				tasks.set(event.agent, event.task);
				break;
			case "step.started":
				calls.set(event.step, { at: event.at, input: tasks.get(event.agent) ?? null });
				break;
			case "step.completed": {
				const { reply, agent } = event;
				const usage = reply.usage === undefined ? {} : { tokens: reply.usage.input + reply.usage.output };
				paid.set(agent, { durationMs: event.at - (calls.get(event.step)?.at ?? event.at), ...usage });
				const thoughts = [reply.reasoning, reply.toolCalls.length > 0 ? reply.text : ""].filter((text) => text.trim() !== "");
				if (thoughts.length > 0) push({ agentId: agent, type: "thinking", input: tasks.get(agent) ?? null, output: thoughts.join("\n\n") });
				break;
			}
			case "answer.submitted":
				push({ agentId: event.agent, type: "output", input: tasks.get(event.agent) ?? null, output: event.text });
				break;
			case "answer.rewritten":
				push({ agentId: event.agent, type: "output", input: "rewrite", output: event.text });
				break;
			case "vote.cast":
				push({ agentId: event.agent, type: "tool_call", toolName: "vote", input: { for: event.for, reason: event.reason }, output: null });
				break;
			case "tool.started":
				calls.set(event.call, { at: event.at, input: event.input });
				push({ agentId: event.agent, type: "tool_call", toolName: event.name, input: event.input, output: null });
				break;
			case "tool.completed": {
				const call = calls.get(event.call);
				const part = { agentId: event.agent, toolName: event.name, input: call?.input ?? null, output: event.output };
				push({ ...part, type: event.isError ? "error" : "tool_result" }, event.at - (call?.at ?? event.at));
				break;
			}
			case "step.rejected":
				push({ agentId: event.agent, type: "error", input: tasks.get(event.agent) ?? null, output: event.problem });
				break;
			case "step.failed": {
				const call = calls.get(event.step);
				push(
					{ agentId: event.agent, type: "error", input: call?.input ?? null, output: event.failure.message },
					event.at - (call?.at ?? event.at),
				);
				break;
			}
		}
	}
	return steps;
}
