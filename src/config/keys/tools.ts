import * as z from "zod";
import { accepted, acceptedKeys, open } from "./fate.ts";
import { losses } from "./losses.ts";

/** One MCP server. A mapping of servers by name has been turned into a list before it gets here. */
export const mcpServer = z.strictObject({
	...acceptedKeys(losses.mcp, "How the MCP server is reached.", [
		"name",
		"type",
		"transport",
		"command",
		"args",
		"cwd",
		"url",
		"timeout",
		"timeout_seconds",
		"description",
		"enabled",
		"disabled",
	]),
	...acceptedKeys(losses.mcp, "Which tools of the MCP server are offered.", ["allowed_tools", "exclude_tools", "defer_loading"]),
	...acceptedKeys(losses.mcp, "What happens when the MCP server fails.", [
		"circuit_breaker",
		"circuit_breaker_enabled",
		"circuit_breaker_config",
		"circuit_breaker_max_failures",
		"circuit_breaker_reset_time",
		"max_retries",
		"retry",
	]),
	env: accepted(losses.mcp, "Environment variables of the MCP server.", open),
	headers: accepted(losses.mcp, "HTTP headers for the MCP server.", open),
	security: accepted(losses.mcp, "Limits on how the MCP server may be started.", open),
	auth: accepted(losses.mcp, "How to log in to the MCP server.", open),
});

/** A Python function offered as a tool. */
const customTool = z.strictObject({
	...acceptedKeys(losses.pythonTools, "Part of a Python tool.", [
		"name",
		"path",
		"function",
		"func",
		"description",
		"category",
		"preset_args",
		"default_params",
		"defer_loading",
		"allowed_callers",
		"input_examples",
	]),
});

/** By the name of the moment at which they run. MassGen only warns of names that it does not know. */
export const hookKeys = z.record(z.string(), z.unknown());

export const contextPath = z.strictObject({
	path: accepted(losses.files, "A file or folder the agents may use.", z.string()),
	permission: accepted(losses.files, "read or write.", z.string()),
	protected_paths: accepted(losses.files, "Paths inside it that may not be changed.", z.array(z.string())),
	will_be_writable: accepted(losses.files, "Whether the final agent may write to it.", z.unknown()),
});

/** Keys of a backend that give an agent tools, files and commands. */
export const toolKeys = {
	mcp_servers: accepted(losses.mcp, "MCP servers: a list, or a mapping by name.", z.array(mcpServer)),
	custom_tools: accepted(losses.pythonTools, "Python functions offered as tools.", z.array(customTool)),
	hooks: accepted(losses.hooks, "Programs that are run around tool calls.", hookKeys),
	context_paths: accepted(losses.files, "Files and folders the agent may read or change.", z.array(z.union([z.string(), contextPath]))),
	...acceptedKeys(losses.files, "The agent's own folder of files.", [
		"cwd",
		"enforce_read_before_delete",
		"exclude_file_operation_mcps",
		"use_mcpwrapped_for_tool_filtering",
		"use_no_roots_wrapper",
		"use_two_tier_workspace",
	]),
	...acceptedKeys(losses.commands, "Shell commands the agent may run.", [
		"enable_mcp_command_line",
		"command_line_execution_mode",
		"command_line_allowed_commands",
		"command_line_blocked_commands",
		"command_line_timeout",
		"command_line_docker_image",
		"command_line_docker_memory_limit",
		"command_line_docker_cpu_limit",
		"command_line_docker_network_mode",
		"command_line_docker_enable_sudo",
		"command_line_docker_auto_install_deps",
	]),
	command_line_docker_credentials: accepted(
		losses.commands,
		"What of your environment a container may see.",
		z.strictObject(
			acceptedKeys(losses.commands, "Credentials for a container.", [
				"env_file",
				"env_vars",
				"env_vars_from_file",
				"pass_all_env",
				"mount",
				"additional_mounts",
			]),
		),
	),
	command_line_docker_packages: accepted(
		losses.commands,
		"What is installed in a container.",
		z.strictObject({
			auto_install_deps: accepted(losses.commands, "Install what the workspace lists.", z.unknown()),
			auto_install_on_clone: accepted(losses.commands, "Install what a cloned repository lists.", z.unknown()),
			preinstall: accepted(
				losses.commands,
				"Packages that are there from the start.",
				z.strictObject(acceptedKeys(losses.commands, "Names of packages.", ["python", "npm", "system"])),
			),
		}),
	),
	...acceptedKeys(losses.pythonTools, "Which Python tools are offered.", [
		"auto_discover_custom_tools",
		"exclude_custom_tools",
		"custom_tools_path",
		"enable_code_based_tools",
		"direct_mcp_servers",
		"shared_tools_directory",
	]),
	...acceptedKeys(losses.toolControl, "Which tools the agent may use, and how many at once.", [
		"allowed_tools",
		"exclude_tools",
		"disallowed_tools",
		"concurrent_tool_execution",
		"max_concurrent_tools",
		"max_mcp_message_history",
		"max_incomplete_response_retries",
	]),
};
