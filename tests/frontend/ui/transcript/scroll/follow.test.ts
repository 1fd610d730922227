import { describe, expect, it } from "vitest";
import {
  afterScroll,
  type Following,
  type Metrics,
} from "../../../../../opencode_widget/frontend/src/ui/transcript/scroll/follow";

const at = (scrollTop: number, scrollHeight = 1000, clientHeight = 400, clientWidth = 900): Metrics => ({
  scrollTop,
  scrollHeight,
  clientHeight,
  clientWidth,
});

describe("Following the end", () => {
  it.each<[string, Following, Metrics, Metrics, Following]>([
    ["the reader scrolls up: away", "following", at(600), at(500), "away"],
    ["even by little, if it leaves the end's reach", "following", at(600), at(570), "away"],
    ["a nudge within the end's reach keeps following", "following", at(600), at(590), "following"],
    ["back at the end: following", "away", at(300), at(590), "following"],
    ["down, but not to the end: still away", "away", at(300), at(500), "away"],
    ["content grows below: still following", "following", at(600), at(600, 1500), "following"],
    ["content grows below while away: still away", "away", at(300), at(300, 1500), "away"],
    ["content shrinks under a follower: still following", "following", at(600), at(200, 600), "following"],
    ["content shrinks and the browser pulls up a follower by force", "following", at(600), at(550, 980), "following"],
    ["the window grows under a follower", "following", at(600), at(500, 1000, 500), "following"],
    ["the reader scrolls up while words come", "following", at(600), at(450, 1040), "away"],
    ["a narrower window wraps the lines anew", "following", at(600), at(500, 1300, 400, 420), "following"],
    ["a narrower window while away", "away", at(300), at(200, 1300, 400, 420), "away"],
    ["everything fits: following", "away", at(0), at(0, 300), "following"],
  ])("%s", (_, state, before, now, expected) => {
    expect(afterScroll(state, before, now)).toBe(expected);
  });
});
