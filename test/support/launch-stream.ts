import { EventSource } from 'eventsource';
import type { FailedEvent, LaunchEvent, ReadyDelivery, ReadyEvent } from '../../services/contracts/launch-event.ts';

export type Delivered = (LaunchEvent | (ReadyEvent & ReadyDelivery)) & { readonly message: string };

export type LaunchOutcome = {
  readonly events: readonly Delivered[];
  readonly ids: readonly string[];
  /** All messages, as a person sees them. */
  readonly log: string;
  readonly ready: (ReadyEvent & ReadyDelivery) | undefined;
  readonly failed: FailedEvent | undefined;
};

/** Launches as a browser does, with a plain EventSource, and gathers everything until it is over. */
export const launch = (
  url: string,
  spec: string,
  onEvent: (event: Delivered) => void = () => undefined,
): Promise<LaunchOutcome> =>
  new Promise((resolve, reject) => {
    const source = new EventSource(`${url}/build/${spec}`);
    const events: Delivered[] = [];
    const ids: string[] = [];
    source.addEventListener('error', (error) => {
      if (source.readyState === source.CLOSED)
        reject(new Error(`the stream was refused: ${error.code} ${error.message}`));
    });
    source.addEventListener('message', (message) => {
      const event = JSON.parse(message.data as string) as Delivered;
      events.push(event);
      ids.push(message.lastEventId);
      onEvent(event);
      if (event.phase !== 'ready' && event.phase !== 'failed') return;
      source.close();
      resolve({
        events,
        ids,
        log: events.map(({ message }) => message).join(''),
        ready: event.phase === 'ready' ? (event as ReadyEvent & ReadyDelivery) : undefined,
        failed: event.phase === 'failed' ? event : undefined,
      });
    });
  });

/** The spec of a Git repository at a ref. */
export const gitSpec = (address: string, ref = 'HEAD'): string => `git/${encodeURIComponent(address)}/${ref}`;
