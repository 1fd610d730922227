import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { spin } from "./spinner_timer";

/** Shows that work goes on; `preparing`: that it is about to start. */
export function Spinner({ preparing = false }: { preparing?: boolean }): JSX.Element {
  const mark = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => (mark.current ? spin(mark.current, preparing ? 15 : 45) : undefined), [preparing]);
  return <span ref={mark} class={preparing ? "ocw-spinner ocw-preparing" : "ocw-spinner"} aria-hidden="true" />;
}
