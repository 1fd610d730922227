/** The tools that have a view of their own, by OpenCode's names. */
import { lookUp } from "../../../lookup";
import { bash } from "./bash";
import { edit } from "./edit";
import { other } from "./other";
import { patch } from "./patch";
import { question } from "./question";
import { readFile } from "./read_file";
import { glob, grep, list } from "./search";
import { invalid, lsp, plan, skill } from "./skill_lsp_plan";
import { task } from "./task";
import { todo } from "./todo";
import type { ToolKind } from "./tool_kind";
import { webfetch, websearch } from "./web";
import { write } from "./write";

const TOOLS: Record<string, ToolKind> = {
  bash,
  shell: bash,
  edit,
  multiedit: edit,
  write,
  patch,
  apply_patch: patch,
  read: readFile,
  grep,
  glob,
  list,
  ls: list,
  todowrite: todo,
  todoread: todo,
  task,
  subagent: task,
  webfetch,
  websearch,
  codesearch: websearch,
  question,
  skill,
  lsp,
  invalid,
  plan_exit: plan,
};

/** The view of a tool, also under names of earlier and later versions. An unknown tool shows its input and output. */
export function kindOf(tool: string): ToolKind {
  return lookUp(TOOLS, tool) ?? other;
}
