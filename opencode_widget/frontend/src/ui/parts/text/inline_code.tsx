import type { JSX } from "preact";

/** One line of Markdown without its marks; code keeps its font. */
export function InlineCode({ text }: { text: string }): JSX.Element {
  const pieces = text.replace(/^#{1,6} |\*\*/g, "").split("`");
  if (pieces.length % 2 === 0) return <>{text}</>;
  return <>{pieces.map((piece, index) => (index % 2 === 0 ? piece : <code key={index}>{piece}</code>))}</>;
}
