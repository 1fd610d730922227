import { Component, type VNode } from "preact";

interface Props {
  inputs: unknown[];
  make: () => VNode;
}

/**
 * A row that is not looked at again while its inputs are the same. It is not the same node that is given to Preact again: a
 * node holds on to the list in which it was drawn first, that list to its rows, and these to the lists before it; so every row
 * that ever was would stay in memory.
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

/** A row of a long list, made anew only where its inputs are not those of last time. */
export function memoRow(key: string, inputs: unknown[], make: () => VNode): VNode {
  return <MemoRow key={key} inputs={inputs} make={make} />;
}
