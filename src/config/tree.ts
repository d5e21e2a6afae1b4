import { type Alias, type Document, isAlias, isCollection, isMap, isNode, isScalar, isSeq, type Node, visit } from "yaml";
import type { ConfigProblem } from "../errors.ts";
import { type Place, problemAt } from "./problems.ts";

/**
 * A YAML document as plain values, and where each of them stands. `keys` and `values` are keyed by the path as `pathText`
 * writes it, so that whoever finds something wrong with a value can say where.
 */
export type Tree = {
	readonly value: unknown;
	readonly keys: Map<string, Place>;
	readonly values: Map<string, Place>;
	/** Scalars as they were written, where that differs from what they mean: `007`, `1.10`. */
	readonly sources: Map<string, string>;
};

export type Path = readonly (string | number)[];

const deepest = 64;
const mostNodes = 20_000;

/** `agents[0].backend.type`. */
export function pathText(path: Path): string {
	let text = "";
	for (const part of path) text += typeof part === "number" ? `[${part}]` : text === "" ? part : `.${part}`;
	return text;
}

/** Turns the document into values. Bounded in depth and size, whatever anchors and aliases do. */
export function treeOf(document: Document, file: { readonly file: string; readonly text: string }, problems: ConfigProblem[]): Tree {
	const tree: Tree & { value: unknown } = { value: undefined, keys: new Map(), values: new Map(), sources: new Map() };
	const targets = aliasTargets(document);
	let nodes = 0;
	let tooLarge = false;

	function place(node: unknown): Place | undefined {
		const range = (node as { range?: readonly number[] | null } | null)?.range;
		if (!range) return undefined;
		return { ...file, from: range[0] ?? 0, to: Math.max(range[1] ?? 0, (range[0] ?? 0) + 1) };
	}

	function complain(node: unknown, code: string, message: string, path: Path, hint?: string): undefined {
		problems.push(problemAt(place(node), { code, message, hint, path: pathText(path) }));
	}

	function tooMuch(node: unknown, path: Path): undefined {
		if (tooLarge) return undefined;
		tooLarge = true;
		if (path.length > deepest)
			return complain(node, "config-too-deep", `The file is nested more than ${deepest} levels deep.`, path.slice(0, 3));
		return complain(
			node,
			"config-too-large",
			`The file holds more than ${mostNodes} values once its aliases are filled in.`,
			path,
			"Use fewer aliases.",
		);
	}

	function convert(node: Node | null | undefined, path: Path, at = place(node)): unknown {
		nodes += 1;
		if (tooLarge || nodes > mostNodes || path.length > deepest) return tooMuch(node, path);
		const name = pathText(path);
		if (at) tree.values.set(name, at);
		if (isAlias(node)) {
			const target = targets.get(node);
			return target ? convert(target, path, at) : complain(node, "config-syntax", `*${node.source} names no anchor.`, path);
		}
		if (isMap(node)) return convertMap(node, path);
		if (isSeq(node)) return node.items.map((item, index) => convert(item as Node, [...path, index], at && place(item)));
		if (!isScalar(node)) return null;
		if (typeof node.source === "string" && typeof node.value !== "string") tree.sources.set(name, node.source);
		return node.value ?? null;
	}

	function convertMap(node: Node, path: Path): Record<string, unknown> {
		const object: Record<string, unknown> = {};
		if (!isMap(node)) return object;
		for (const pair of node.items) {
			const key = isScalar(pair.key) ? String(pair.key.value ?? "null") : undefined;
			if (key === undefined) {
				complain(pair.key ?? node, "config-syntax", "A key must be a plain word here, not a list or a mapping.", path);
			} else if (key === "__proto__") {
				complain(pair.key, "config-refused-key", "The key __proto__ is not allowed.", [...path, key]);
			} else if (key === "<<" && isScalar(pair.key) && pair.key.type === "PLAIN") {
				mergeInto(object, pair.value as Node, path);
			} else {
				const inner = [...path, key];
				const at = place(pair.key);
				if (at) tree.keys.set(pathText(inner), at);
				object[key] = convert(pair.value as Node, inner, isCollection(pair.value) ? at : (place(pair.value) ?? at));
			}
		}
		return object;
	}

	/** `<<: *base`: keys of the mapping itself win over merged ones, wherever they stand. */
	function mergeInto(object: Record<string, unknown>, node: Node, path: Path): void {
		const target = isAlias(node) ? targets.get(node) : node;
		const sources = isSeq(target) ? target.items.map((item) => (isAlias(item) ? targets.get(item) : item)) : [target];
		for (const source of sources) {
			if (!isMap(source)) {
				complain(node, "config-syntax", "<< needs a mapping, or a list of mappings.", path);
				continue;
			}
			const merged = convert(source as Node, path);
			if (merged === null || typeof merged !== "object") continue;
			for (const [key, value] of Object.entries(merged)) if (!Object.hasOwn(object, key)) object[key] = value;
		}
	}

	const value = convert(document.contents as Node | null, []);
	return { ...tree, value };
}

/** What each alias stands for: the last anchor of its name before it. Found in one walk, however many aliases there are. */
function aliasTargets(document: Document): ReadonlyMap<Alias, Node> {
	const anchors = new Map<string, Node>();
	const targets = new Map<Alias, Node>();
	visit(document, (_, node) => {
		if (isAlias(node)) {
			const target = anchors.get(node.source);
			if (target !== undefined) targets.set(node, target);
		} else if (isNode(node) && node.anchor !== undefined) {
			anchors.set(node.anchor, node);
		}
	});
	return targets;
}
