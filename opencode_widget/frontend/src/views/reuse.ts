import type { VNode } from "preact";
import { useRef } from "preact/hooks";

interface Kept {
  inputs: unknown[];
  node: VNode;
}

/**
 * Rows of a long list: one whose inputs are the same as last time is the same node, and is not looked at again. What is not
 * drawn any more is forgotten.
 */
export function useReuse(): (key: string, inputs: unknown[], make: () => VNode) => VNode {
  const last = useRef(new Map<string, Kept>());
  const before = last.current;
  const now = new Map<string, Kept>();
  last.current = now;
  return (key, inputs, make) => {
    const known = before.get(key);
    const same = known?.inputs.every((input, index) => Object.is(input, inputs[index]));
    const kept = known && same ? known : { inputs, node: make() };
    now.set(key, kept);
    return kept.node;
  };
}
