import { type Item, isItem } from "./items.ts";

/** A part of a message's content as the JavaScript SDK writes it. What is not known stays as it is. */
export function partToAgents(part: unknown, role: string): Item {
	if (typeof part === "string") return text(part, role);
	if (!isItem(part)) return { type: "input_text", text: JSON.stringify(part) };
	switch (part.type) {
		case "text":
			return text(String(part.text ?? ""), role);
		case "output_text": {
			const { type, text: said, providerData, ...others } = part;
			return { type, text: said, ...provider(providerData, others) };
		}
		case "image_url": {
			const image = isItem(part.image_url) ? part.image_url : { url: part.image_url };
			return { type: "input_image", image: image.url, ...(image.detail === undefined ? {} : { detail: image.detail }) };
		}
		case "input_image": {
			const { image_url: url, file_id: file, ...others } = part;
			if (url === undefined && file === undefined) return part;
			return { ...others, image: typeof url === "string" ? url : { id: file } };
		}
		case "file":
			return isItem(part.file) ? fileToAgents({ type: "input_file", ...part.file }) : part;
		case "input_file":
			return fileToAgents(part);
		case "input_audio": {
			const audio = isItem(part.input_audio) ? part.input_audio : {};
			return { type: "audio", audio: audio.data, format: audio.format };
		}
		default:
			return part;
	}
}

/** A part of the JavaScript SDK's content, or of a tool's output, as the Responses API takes it. */
export function partToResponses(part: unknown): Item {
	if (!isItem(part)) return { type: "input_text", text: String(part) };
	const { providerData, ...own } = part;
	const more = isItem(providerData) ? providerData : {};
	if (own.type === "output_text") return { annotations: [], ...own, ...more };
	if (own.type === "text") return { type: "input_text", text: own.text };
	if (own.type === "input_image" || own.type === "image") {
		const { image, type: _type, ...others } = own;
		return image === undefined
			? { ...own, ...more }
			: { type: "input_image", detail: "auto", ...others, ...source(image, "image_url"), ...more };
	}
	if (own.type === "input_file" || own.type === "file") {
		const { file, type: _type, ...others } = own;
		return file === undefined ? { ...own, ...more } : { type: "input_file", ...others, ...source(file, "file_data"), ...more };
	}
	return { ...own, ...more };
}

/** A part of a user's message as chat completions take it, or undefined if they cannot. */
export function partToChat(part: unknown): Item | undefined {
	if (!isItem(part)) return undefined;
	if (typeof part.text === "string") return { type: "text", text: part.text };
	if (part.type === "input_image" && typeof part.image === "string") {
		return { type: "image_url", image_url: { url: part.image, ...(part.detail === undefined ? {} : { detail: part.detail }) } };
	}
	if (part.type === "input_file") {
		const { type: _type, detail: _detail, ...file } = partToResponses(part);
		return { type: "file", file };
	}
	if (part.type === "audio") return { type: "input_audio", input_audio: { data: part.audio, format: part.format } };
	return undefined;
}

/** All text in a message's content or a tool's output, one part per line. */
export function textOf(content: unknown): string {
	if (typeof content === "string") return content;
	if (content === null || content === undefined) return "";
	if (Array.isArray(content)) return content.map(textOf).filter(Boolean).join("\n");
	if (!isItem(content)) return String(content);
	if (typeof content.text === "string") return content.text;
	if (typeof content.refusal === "string") return content.refusal;
	if (typeof content.transcript === "string") return content.transcript;
	return typeof content.type === "string" ? `[${content.type}]` : JSON.stringify(content);
}

function text(said: string, role: string): Item {
	return { type: role === "assistant" ? "output_text" : "input_text", text: said };
}

function provider(known: unknown, others: Item): { providerData?: Item } {
	const all = { ...(isItem(known) ? known : {}), ...others };
	return Object.keys(all).length === 0 ? {} : { providerData: all };
}

function fileToAgents(part: Item): Item {
	const { file_id: id, file_url: url, file_data: data, ...others } = part;
	if (typeof id === "string") return { ...others, file: { id } };
	if (typeof url === "string") return { ...others, file: { url } };
	return data === undefined ? part : { ...others, file: data };
}

/** Where an image or a file is, under the Responses API's key for it. */
function source(value: unknown, inline: "image_url" | "file_data"): Item {
	if (typeof value === "string") {
		return inline === "file_data" && /^https?:/.test(value) ? { file_url: value } : { [inline]: value };
	}
	if (!isItem(value)) return {};
	const name = value.filename === undefined ? {} : { filename: value.filename };
	const id = value.id ?? value.fileId;
	if (id !== undefined) return { file_id: id, ...name };
	if (value.url !== undefined) return { [inline === "file_data" ? "file_url" : "image_url"]: value.url, ...name };
	const data = value.data instanceof Uint8Array ? Buffer.from(value.data).toString("base64") : value.data;
	const kind = value.mediaType ?? (inline === "image_url" ? "image/png" : "application/octet-stream");
	return { [inline]: `data:${kind};base64,${data}`, ...name };
}
