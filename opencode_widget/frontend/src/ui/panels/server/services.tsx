import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { lookUp } from "../../../lookup";
import type { Instance, Service } from "../../../protocol";
import { t } from "../../../words/words";
import { CopyButton } from "../../lib/controls/copy_button";
import { Spinner } from "../../lib/controls/spinner";
import { lastValue, useAnswer } from "../../lib/hooks/use_answer";
import { usePolling } from "../../lib/hooks/use_polling";
import { Icon } from "../../lib/icons";
import { PanelProblem } from "../../lib/problem";
import { useView } from "../../state/context";

const KINDS: Array<[Service["kind"], title: () => string]> = [
  ["mcp", () => t.server.mcpServers],
  ["lsp", () => t.server.languageServers],
  ["formatter", () => t.server.formatters],
];

/** Milliseconds between two looks at whether the user has signed in meanwhile. */
const SIGN_IN_PAUSE = 5_000;

const GOOD = new Set(["connected", "enabled", "ready", "running"]);
const BAD = new Set(["failed", "error"]);

interface Props {
  instance: Instance;
}

/** The state of MCP servers, language servers and formatters. */
export function Services({ instance }: Props): JSX.Element {
  const { answer, again } = useAnswer(
    { name: "services", args: { instance: instance.id } },
    `${instance.id} ${instance.connection.state}`,
  );
  const services = lastValue(answer)?.services;
  // A sign-in happens elsewhere, so the state must be looked up again.
  const waits = services?.some(({ state }) => lookUp(SIGN_IN, state) !== undefined) ?? false;
  usePolling(
    async () => {
      if (waits) again();
    },
    SIGN_IN_PAUSE,
    `${instance.id} ${waits}`,
  );
  return (
    <section class="ocw-section" aria-label={t.server.services}>
      <h3>
        {t.server.services}
        <button
          type="button"
          class="ocw-bare ocw-tiny"
          aria-label={t.server.refresh}
          title={t.server.refresh}
          onClick={again}
        >
          {answer.state === "loading" ? <Spinner /> : <Icon name="refresh" />}
        </button>
      </h3>
      {answer.state === "failed" && <PanelProblem problem={answer.problem} />}
      {services?.length === 0 && <p class="ocw-muted">{t.server.noServices}</p>}
      {KINDS.map(([kind, title]) => (
        <ServiceGroup
          key={kind}
          title={title()}
          services={(services ?? []).filter((service) => service.kind === kind)}
          instance={instance}
          onChange={again}
        />
      ))}
    </section>
  );
}

interface KindProps extends Props {
  title: string;
  services: Service[];
  onChange: () => void;
}

function ServiceGroup({ title, services, instance, onChange }: KindProps): JSX.Element | null {
  if (services.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ul class="ocw-plain-list">
        {services.map((service) => (
          <li key={service.name} class="ocw-service">
            <span class={`ocw-dot ocw-service-${toneOf(service.state)}`} aria-hidden="true" />
            <span class="ocw-service-name">{service.name}</span>
            <span class="ocw-muted">{service.state.replaceAll("_", " ")}</span>
            {service.detail && <span class="ocw-service-detail ocw-muted">{service.detail}</span>}
            {service.kind === "mcp" && lookUp(SIGN_IN, service.state) !== undefined && <SignIn service={service} />}
            {service.kind === "mcp" && <Switch service={service} instance={instance} onChange={onChange} />}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What to do about a server that wants its user to sign in. OpenCode does that in a terminal, where it can open a browser. */
const SIGN_IN: Record<string, () => string> = {
  needs_auth: () => t.server.signInInTerminal,
  needs_client_registration: () => t.server.registerClient,
};

function SignIn({ service }: { service: Service }): JSX.Element {
  const command = `opencode mcp auth ${quoted(service.name)}`;
  return (
    <div class="ocw-service-detail">
      {lookUp(SIGN_IN, service.state)?.()} <code>{command}</code>{" "}
      <CopyButton text={() => command} announcement={t.server.commandCopied} />
    </div>
  );
}

/** A name as a word of a shell. */
function quoted(name: string): string {
  return /^[\w.@:/-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

function toneOf(state: string): "good" | "bad" | "off" {
  if (GOOD.has(state)) return "good";
  return BAD.has(state) || state.startsWith("needs_") ? "bad" : "off";
}

function Switch({ service, instance, onChange }: Props & { service: Service; onChange: () => void }): JSX.Element {
  const view = useView();
  const [busy, setBusy] = useState(false);
  const connected = service.state === "connected";
  const toggle = async () => {
    if (busy) return;
    setBusy(true);
    const args = { instance: instance.id, name: service.name, connected: !connected };
    await view.actions.run({ name: "connect_mcp", args });
    setBusy(false);
    onChange();
  };
  return (
    <button
      type="button"
      class="ocw-button ocw-small"
      aria-label={`${connected ? t.server.disconnect : t.server.connect} ${service.name}`}
      aria-disabled={busy}
      onClick={() => void toggle()}
    >
      {busy ? <Spinner /> : connected ? t.server.disconnect : t.server.connect}
    </button>
  );
}
