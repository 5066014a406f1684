import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { LaunchEvent } from '../../../services/contracts/launch-event.ts';
import { createPhaseWatch, type Phase } from '../../../services/launcher/events/phase-watch.ts';
import { createTracer } from '../../../services/platform/tracing.ts';
import { collectEvents, createLauncher, makeLaunchRequest } from '../create-launcher.ts';

type SentSpan = {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly message?: string };
};

/** A receiver of OpenTelemetry traces that keeps what it was sent. */
const startReceiver = async () => {
  const bodies: string[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    bodies.push(await text(request));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  const server = createServer((request, response) => void receive(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    bodies,
    spans: (): SentSpan[] =>
      bodies.flatMap((body) => {
        type Sent = { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] };
        const { resourceSpans } = JSON.parse(body) as Sent;
        return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
      }),
    [Symbol.asyncDispose]: async () => void server.close(),
  };
};

const run = async (spec: string) => {
  await using receiver = await startReceiver();
  const tracer = await createTracer({ url: receiver.url, service: 'slipway', version: '1.2.3' });
  const { launches } = createLauncher({ tracer });
  const { id } = await launches.start(makeLaunchRequest(spec));
  await collectEvents(launches.follow(id, 0, new AbortController().signal));
  await launches.stop();
  await tracer.close();
  return { id, spans: receiver.spans(), sent: receiver.bodies.join('') };
};

describe('the trace of a launch', () => {
  it('has a span for the launch and one below it for each phase, and nothing that opens the session', async () => {
    const { id, spans, sent } = await run('found/HEAD');
    expect(spans.map(({ name }) => name).toSorted()).toEqual(['launch', 'launch.launching', 'launch.waiting']);
    const root = spans.find(({ name }) => name === 'launch');
    for (const span of spans.filter(({ name }) => name !== 'launch')) expect(span.parentSpanId).toBe(root?.spanId);
    expect(sent).toContain('1.2.3');
    for (const secret of [id, 'the-token', 'the-code', 'found/HEAD']) expect(sent).not.toContain(secret);
  });

  it('says by its code why a launch failed, and in which phase', async () => {
    const { spans } = await run('missing/HEAD');
    expect(spans.map(({ name, status }) => [name, status.message])).toEqual(
      expect.arrayContaining([
        ['launch', 'REPO_NOT_FOUND'],
        ['launch.waiting', 'REPO_NOT_FOUND'],
      ]),
    );
  });
});

describe('the phases of a launch', () => {
  it('follow one another without gaps, and the last says whether the launch failed in it', () => {
    const phases: Phase[] = [];
    const watch = createPhaseWatch(0, (phase) => void phases.push(phase));
    const events = [
      { phase: 'waiting', at: 1 },
      { phase: 'fetching', at: 10 },
      { phase: 'building', at: 20 },
      { phase: 'building', at: 25 },
      { phase: 'built', at: 60 },
      { phase: 'launching', at: 61 },
      { phase: 'failed', at: 90 },
    ];
    for (const event of events) watch(event as LaunchEvent);
    expect(phases).toEqual([
      { name: 'waiting', from: 0, to: 10, failed: false },
      { name: 'fetching', from: 10, to: 20, failed: false },
      { name: 'building', from: 20, to: 60, failed: false },
      { name: 'launching', from: 60, to: 90, failed: true },
    ]);
  });
});
