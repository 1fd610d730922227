import { describe, expect, it } from "vitest";
import { again } from "../../../../opencode_widget/frontend/src/ui/transcript/retry_wait";

const NOW = new Date(2026, 10, 29, 12, 0, 0).getTime();
const HOUR = 3600_000;

describe("A wait before the model is asked again", () => {
  it("says the time and how long that is", () => {
    expect(again(NOW + 3 * HOUR, NOW)).toMatch(/^retrying at .*(15|3):00.* \(in 3 h 0 min\)$/);
    expect(again(NOW + 8_200, NOW)).toMatch(/\(in 9\.0 s\)$/);
  });
  it("says the date where it is not within a day", () => {
    expect(again(NOW + 50 * HOUR, NOW)).toMatch(/^retrying at .*(Dec|12).* \(in 50 h 0 min\)$/);
  });
  it("is over once its time has come", () => {
    expect(again(NOW - 1, NOW)).toBe("retrying now");
  });
});
