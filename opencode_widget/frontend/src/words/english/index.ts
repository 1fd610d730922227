import { composer } from "./composer";
import { connection } from "./connection";
import { counts } from "./counts";
import { kernel } from "./kernel";
import { lib } from "./lib";
import { message } from "./message";
import { panels } from "./panels";
import { parts } from "./parts";
import { requests } from "./requests";
import { review } from "./review";
import { server } from "./server";
import { session } from "./session";
import { shell } from "./shell";
import { state } from "./state";
import { tabs } from "./tabs";
import { text } from "./text";
import { transcript } from "./transcript";

export const english = {
  composer,
  connection,
  counts,
  kernel,
  lib,
  message,
  panels,
  parts,
  requests,
  review,
  server,
  session,
  shell,
  state,
  tabs,
  text,
  transcript,
};

export type Words = typeof english;
