// @vitest-environment jsdom
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../../../opencode_widget/frontend/src/text/markdown/render";

const FOLDER = join(import.meta.dirname, "..", "..", "..", "hostile");
type Entry = string | { text: string; times: number };

/** Every text of the corpus that both languages share, named after its family and its index there. */
const TEXTS = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => {
    const entries = JSON.parse(readFileSync(join(FOLDER, name), "utf-8")) as Entry[];
    return entries.map((each, index): [string, string] => [
      `${name} ${index}`,
      typeof each === "string" ? each : each.text.repeat(each.times),
    ]);
  });
const FORBIDDEN =
  "script,style,iframe,object,embed,form,input:not([type=checkbox]),meta,base,link,video,audio,img,svg,template,dialog,image,source";
/** Our own pictures, on the buttons of a block of code. */
const OWN = ".ocw-code-bar > button > svg.ocw-icon, .ocw-code-bar > button > svg.ocw-icon *";
const HARMFUL = /^on|^id$|^name$|^style$|commandlinker|popover|^srcdoc$|^src$|^action$|^background$|^ping$/;

function faults(text: string): string[] {
  const shown = document.createElement("div");
  shown.append(renderMarkdown(text));
  const elements = [...shown.querySelectorAll("*")];
  return [
    ...[...shown.querySelectorAll(FORBIDDEN)].filter((each) => !each.matches(OWN)).map((each) => each.outerHTML),
    ...elements.flatMap((each) =>
      [...each.attributes].filter(({ name }) => HARMFUL.test(name)).map(({ name }) => `${each.tagName} ${name}`),
    ),
    ...[...shown.querySelectorAll("a[href]")]
      .map((each) => each.getAttribute("href") ?? "")
      .filter((address) => !/^(https?|mailto):/i.test(address)),
  ];
}

describe("The corpus of hostile texts", () => {
  it("has all families", () => expect(TEXTS.length).toBeGreaterThan(200));

  it.each(TEXTS)("%s is drawn without anything that runs or loads", (_, text) => {
    expect(faults(text)).toEqual([]);
    expect(faults(`Before ${text} after`)).toEqual([]);
  });
});
