import type { LaunchEvents, LaunchView } from '../../services/contracts/api/launches.ts';
import type { FailedEvent, ReadyDelivery, ReadyEvent } from '../../services/contracts/launch-event.ts';
import { setTimeout as sleep } from 'node:timers/promises';

export type LastEvent = (ReadyEvent & ReadyDelivery) | FailedEvent;

/** As the API takes a repository of a link: the provider apart. */
export const splitSpec = (link: string): { readonly provider: string; readonly spec: string } => {
  const [provider = '', ...rest] = link.split('/');
  return { provider, spec: rest.join('/') };
};

/** Launches as a program does, through the API, and gives the last event. */
export const launchByApi = async (
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<LastEvent> => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
  const response = await fetch(`${url}/api/v1/launches`, { ...init, body: JSON.stringify(body) });
  if (response.status !== 201) return (await response.json()) as FailedEvent;
  const { eventsUrl } = (await response.json()) as LaunchView;
  for (; ; await sleep(100)) {
    const { events, finished } = (await (await fetch(`${url}${eventsUrl}`)).json()) as LaunchEvents;
    if (finished) return events.at(-1)?.event as LastEvent;
  }
};
