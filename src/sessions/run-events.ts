import type { Usage } from "../core/conversation.ts";
import type { Recorded } from "../core/events.ts";
import type { AgentId } from "../core/types.ts";
import type { RunStatus } from "./metrics.ts";
import { statuses } from "./runs.ts";

/**
 * What a program that follows a run is told, in the words of the public protocol. `seq` is the number of the log's event
 * that it comes from: whoever was cut off asks for what comes after the last one it saw.
 */
export type RunEvent = { readonly seq: number; readonly at: number; readonly turn: number } & RunEventBody;

export type RunEventBody =
	| { readonly type: "session_start"; readonly session_id: string; readonly goal: string }
	| { readonly type: "step_start"; readonly step_number: number; readonly agent_id: AgentId }
	| { readonly type: "thinking"; readonly agent_id: AgentId; readonly content: string }
	| {
			readonly type: "tool_call";
			readonly agent_id: AgentId;
			readonly tool_name: string;
			readonly input: unknown;
			readonly call_id: string;
	  }
	| {
			readonly type: "tool_result";
			readonly agent_id: AgentId;
			readonly tool_name: string;
			readonly output: string;
			readonly call_id: string;
			readonly is_error: boolean;
	  }
	| { readonly type: "step_complete"; readonly step_number: number; readonly agent_id: AgentId; readonly duration_ms: number }
	| { readonly type: "output"; readonly content: string }
	| { readonly type: "error"; readonly code: string; readonly message: string; readonly agent_id?: AgentId }
	| { readonly type: "done"; readonly status: RunStatus; readonly usage: RunUsage }
	| { readonly type: "coordination.answer"; readonly agent_id: AgentId; readonly label: string; readonly content: string }
	| { readonly type: "coordination.vote"; readonly agent_id: AgentId; readonly for: string; readonly reason: string }
	| { readonly type: "coordination.round"; readonly round: number }
	| { readonly type: "coordination.winner"; readonly label: string; readonly rule: string }
	| { readonly type: "coordination.restart"; readonly attempt: number; readonly reason: string; readonly instructions: string };

export type RunUsage = { readonly input_tokens: number; readonly output_tokens: number; readonly total_tokens: number };

type OpenCall = { readonly number: number; readonly at: number };

/**
 * A fold that turns each event of a session's log into what is told of it, often nothing. Exactly one `done` comes of a
 * turn, after everything else; an interruption is an `error` and no end. Steps are numbered from 1 in each turn.
 */
export function runEventsOf(): (event: Recorded) => RunEvent[] {
	let steps = 0;
	let input = 0;
	let output = 0;
	const open = new Map<string, OpenCall>();

	function spend(usage: Usage | undefined): void {
		input += usage?.input ?? 0;
		output += usage?.output ?? 0;
	}

	function completed(step: string, agent: AgentId, at: number): RunEventBody {
		const { number, at: since } = open.get(step) ?? { number: steps, at };
		open.delete(step);
		return { type: "step_complete", step_number: number, agent_id: agent, duration_ms: at - since };
	}

	function bodies(event: Recorded): RunEventBody[] {
		switch (event.type) {
			case "turn.started":
				steps = input = output = 0;
				open.clear();
				return [{ type: "session_start", session_id: event.session, goal: event.terms.question }];
			case "step.started":
				steps++;
				open.set(event.step, { number: steps, at: event.at });
				return [{ type: "step_start", step_number: steps, agent_id: event.agent }];
			case "step.completed": {
				const { reply, agent } = event;
				spend(reply.usage);
				const thoughts = [reply.reasoning, reply.toolCalls.length > 0 ? reply.text : ""].filter((text) => text.trim() !== "");
				const thinking = thoughts.map((content): RunEventBody => ({ type: "thinking", agent_id: agent, content }));
				return [...thinking, completed(event.step, agent, event.at)];
			}
			case "step.failed": {
				spend(event.usage);
				const { kind, message } = event.failure;
				const error: RunEventBody = { type: "error", code: kind.replaceAll("-", "_"), message, agent_id: event.agent };
				return [error, completed(event.step, event.agent, event.at)];
			}
			case "step.rejected":
				return [{ type: "error", code: "invalid_reply", message: event.problem, agent_id: event.agent }];
			case "tool.started":
				return [{ type: "tool_call", agent_id: event.agent, tool_name: event.name, input: event.input, call_id: event.call }];
			case "tool.completed": {
				const { agent, name, output: result, call, isError } = event;
				return [{ type: "tool_result", agent_id: agent, tool_name: name, output: result, call_id: call, is_error: isError }];
			}
			case "answer.submitted":
				return [{ type: "coordination.answer", agent_id: event.agent, label: event.label, content: event.text }];
			case "vote.cast":
				return [{ type: "coordination.vote", agent_id: event.agent, for: event.for, reason: event.reason }];
			case "round.opened":
				return [{ type: "coordination.round", round: event.round }];
			case "winner.chosen":
				return [{ type: "coordination.winner", label: event.decision.label, rule: event.decision.rule }];
			case "review.given": {
				const { attempt, reason, instructions } = event;
				return event.verdict === "restart" ? [{ type: "coordination.restart", attempt: attempt + 1, reason, instructions }] : [];
			}
			case "turn.interrupted":
				return [{ type: "error", code: "interrupted", message: `The run was interrupted by ${event.by}; it can go on.` }];
			case "turn.ended":
				return ended(event);
			default:
				return [];
		}
	}

	function ended(event: Extract<Recorded, { type: "turn.ended" }>): RunEventBody[] {
		const usage = { input_tokens: input, output_tokens: output, total_tokens: input + output };
		const status = statuses[event.outcome];
		const said: RunEventBody[] = event.final === undefined ? [] : [{ type: "output", content: event.final }];
		const problem: RunEventBody[] =
			status === "completed"
				? []
				: [{ type: "error", code: event.outcome === "budget" ? "token_limit_exceeded" : status, message: event.why ?? status }];
		return [...said, ...problem, { type: "done", status, usage }];
	}

	return (event) => bodies(event).map((body) => ({ seq: event.seq, at: event.at, turn: event.turn, ...body }));
}
