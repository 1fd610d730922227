import { Component, type VNode } from "preact";

interface Props {
  inputs: unknown[];
  make: () => VNode;
}

/**
 * A row that is not redrawn while its inputs are the same. Handing Preact the same node again would do too, but would
 * leak: a node keeps the list in which it was first drawn, that list keeps its rows, and these keep the lists before
 * it, so every row ever drawn would stay in memory.
 */
class MemoRow extends Component<Props> {
  override shouldComponentUpdate({ inputs }: Props): boolean {
    const before = this.props.inputs;
    return inputs.length !== before.length || inputs.some((input, index) => !Object.is(input, before[index]));
  }

  render(): VNode {
    return this.props.make();
  }
}

/** A row of a long list, redrawn only when one of its inputs changed. */
export function memoRow(key: string, inputs: unknown[], make: () => VNode): VNode {
  return <MemoRow key={key} inputs={inputs} make={make} />;
}
